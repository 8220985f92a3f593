/**
 * The actor kernel beside nact 7, used as nact's own documentation says.
 * Equal in each part: one process and no logging on either side; the same state, message objects and handler work;
 * the same number of messages sent in one go; everything through the public path (`ActorSystem.tell` and `ask` with a real
 * reference, `dispatch` and `query` with nact's). Ours also bounds each mailbox, keeps the time each message arrived,
 * and answers each tell; nact does none of that.
 */
import type { Benchmark } from "../benchmark.ts";
import { ask } from "./ask.ts";
import { children } from "./children.ts";
import { memory } from "./memory.ts";
import { pingPong } from "./ping-pong.ts";
import { spawn } from "./spawn.ts";
import { tellMany } from "./tell-many.ts";
import { tell } from "./tell.ts";

export const kernel: Benchmark = {
  name: "kernel",
  peers: ["nact"],
  parts: [tell, tellMany, pingPong, ask, spawn, children, memory],
};
