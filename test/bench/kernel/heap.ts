import { setTimeout as pause } from "node:timers/promises";

/** After this long all mail is handled. */
const SETTLE_MS = 200;

/** What lives on the heap when nothing is going on, in bytes. Needs `--expose-gc`. */
export async function settledHeap(): Promise<number> {
  await pause(SETTLE_MS);
  if (globalThis.gc === undefined) throw new TypeError("the heap is settled with --expose-gc");
  // The second collection takes what the first one's finalisation has let go.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
