/**
 * The embedded journal against the store below it. Equal: the same keys and bytes, the same number in flight, each waiting until
 * what it wrote is flushed to the disk before it writes again. Not equal: the journal also checks owner and version, adds a checksum
 * and writes the entity's name. What a kill loses is counted in a copy of the file made
 * in mid-run; what a power cut loses at most follows from how long an acknowledged append may wait for its flush.
 */
import type { Benchmark } from "../benchmark.ts";
import { appends } from "./appends.ts";
import { commits } from "./commits.ts";
import { durability } from "./durability.ts";

export const journal: Benchmark = { name: "journal", peers: ["lmdb"], parts: [appends, commits, durability] };
