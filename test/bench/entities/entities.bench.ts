/**
 * Durable entities of a cluster: whole nodes on a redis-server with `appendfsync always`, asked through their references. There is
 * no peer: the figures are held against what is promised. Nodes, redis-server and whoever asks share the machine.
 */
import type { Benchmark } from "../benchmark.ts";
import { activation } from "./activation.ts";
import { memory } from "./memory.ts";
import { recovery } from "./recovery.ts";

export const entities: Benchmark = { name: "entities", peers: [], parts: [activation, memory, recovery] };
