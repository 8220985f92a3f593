/**
 * Stall detection against itself: the same system with and without it, and how soon silence is found.
 * Equal in each part: the same actors, messages and handlers; only the watch is on or off. There is no peer, because no
 * actor system for Node acts on silence.
 */
import type { Benchmark } from "../benchmark.ts";
import { blocked } from "./blocked.ts";
import { hung } from "./hung.ts";
import { pressure } from "./pressure.ts";
import { sweep } from "./sweep.ts";
import { tell } from "./tell.ts";

export const supervision: Benchmark = {
  name: "supervision",
  peers: [],
  parts: [tell, hung, blocked, pressure, sweep],
};
