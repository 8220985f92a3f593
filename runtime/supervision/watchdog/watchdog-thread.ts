import { appendFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { BeatReader } from "./beat-reader.ts";
import type { Block, WatchdogOrders } from "./block.ts";
import { snapshotMainThread } from "./main-thread-stack.ts";
import type { Snapshot } from "./main-thread-stack.ts";

/** How often the beats are read, in milliseconds. */
const LOOK_EVERY_MS = 25;
/** Blocks that one process writes down; a loop that is blocked all the time must not fill the disk. */
const RECORDS_MAX = 1_000;

/** Watches the main thread's loop from its own: names who blocks it, writes that down, and kills past the limit. */
class WatchdogThread {
  readonly #orders: WatchdogOrders;
  readonly #beats: Int32Array;
  readonly #reader = new BeatReader(LOOK_EVERY_MS);
  /** What the present silence was found to be; undefined while the loop ticks. */
  #found: Snapshot | undefined = undefined;
  #isLooking = false;
  #records = 0;

  constructor(orders: WatchdogOrders) {
    this.#orders = orders;
    this.#beats = new Int32Array(orders.beats);
  }

  start(): void {
    setInterval(() => void this.#look(), LOOK_EVERY_MS);
  }

  async #look(): Promise<void> {
    const reading = this.#reader.look(Atomics.load(this.#beats, 0), performance.now());
    if (reading.kind === "alive") this.#found = undefined;
    if (reading.kind === "alive" || this.#isLooking || reading.forMs < this.#orders.blockedAfterMs) return;
    if (this.#found === undefined) {
      this.#isLooking = true;
      this.#found = await snapshotMainThread();
      this.#isLooking = false;
      this.#record(this.#found, reading.forMs, false);
    }
    const { killAfterMs, pid } = this.#orders;
    if (killAfterMs === 0 || reading.forMs < killAfterMs) return;
    this.#record(this.#found, reading.forMs, true);
    process.kill(pid, "SIGKILL");
  }

  #record(snapshot: Snapshot, namedAfterMs: number, isFatal: boolean): void {
    const { pid, recordPath } = this.#orders;
    const block: Block = {
      atMs: Date.now(),
      pid,
      namedAfterMs: Math.round(namedAfterMs),
      ...snapshot,
      isFatal,
    };
    this.#records++;
    if (isFatal || this.#records <= RECORDS_MAX) {
      appendFileSync(recordPath, `${JSON.stringify(block)}\n`, { mode: 0o600 });
    }
    parentPort?.postMessage(block);
  }
}

new WatchdogThread(workerData as WatchdogOrders).start();
