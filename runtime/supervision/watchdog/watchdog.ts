import { url as debuggerUrl } from "node:inspector";
import { Worker } from "node:worker_threads";
import type { Block, WatchdogOrders } from "./block.ts";
import type { LoopBeats } from "./loop-beats.ts";

/** How often the loop says that it ticks, in milliseconds. */
const BEAT_EVERY_MS = 50;
const THREAD = new URL("./watchdog-thread.js", import.meta.url);

/** What is watched for, and what becomes of it. */
export interface WatchdogOptions extends Pick<
  WatchdogOrders,
  "blockedAfterMs" | "killAfterMs" | "recordPath"
> {
  /** What the loop is told to be alive by. */
  readonly beats: LoopBeats;
  /** Called once the loop ticks again, with what had blocked it. */
  readonly onBlocked: (block: Block) => void;
  /** The watching thread itself has failed: nobody watches any more. */
  readonly onFailed: (error: Error) => void;
}

/**
 * Has a thread of its own watch this thread's event loop. A blocked loop cannot see itself; the other thread reads a
 * counter in shared memory, and when it stands still, finds out who holds the loop and writes it where it survives.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #timer: NodeJS.Timeout | undefined = undefined;
  #thread: Worker | undefined = undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  start(): void {
    const { beats, blockedAfterMs, killAfterMs, recordPath, onBlocked, onFailed } = this.#options;
    const orders: WatchdogOrders = {
      beats: beats.memory,
      pid: process.pid,
      blockedAfterMs,
      // Whoever stands at a breakpoint is not blocked.
      killAfterMs: debuggerUrl() === undefined ? killAfterMs : 0,
      recordPath,
    };
    this.#timer = setInterval(() => beats.beat(), BEAT_EVERY_MS);
    this.#timer.unref();
    this.#thread = new Worker(THREAD, { workerData: orders });
    this.#thread.unref();
    this.#thread.on("message", onBlocked);
    this.#thread.on("error", onFailed);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#thread?.terminate();
  }
}
