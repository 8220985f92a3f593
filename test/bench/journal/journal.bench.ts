/**
 * The journals against the stores below them. Equal: the same entities and bytes, the same number in flight, each waiting until
 * what it wrote is flushed to the disk before it writes again. Not equal: the journals also check owner and version, and the embedded one adds a checksum. What a kill loses is counted in a copy of the
 * file made in mid-run, or in the server once it is back; what a power cut loses at most follows from how long an acknowledged append may wait for its flush; what a failover loses is what the replica lacks.
 */
import type { Benchmark } from "../benchmark.ts";
import { appends } from "./appends.ts";
import { commits } from "./commits.ts";
import { durability } from "./durability.ts";
import { redisAppends } from "./redis-appends.ts";

export const journal: Benchmark = {
  name: "journal",
  peers: ["lmdb", "ioredis"],
  parts: [appends, redisAppends, commits, durability],
};
