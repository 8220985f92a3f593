import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { BeatReader } from "./beat-reader.ts";
import type { Block, Finding, WatchdogOrders } from "./block.ts";
import { findHolder, UNSEEN } from "./finding.ts";
import { LoopBeats } from "./loop-beats.ts";

/** How often the beats are read, in milliseconds. Each look wakes the processor, so there are few; one more comes exactly when a silence becomes a block. */
const LOOK_EVERY_MS = 100;
/** Blocks that one process writes down; a loop that is blocked all the time must not fill the disk. */
const RECORDS_MAX = 1_000;
/** How long the last look before a kill may take, in milliseconds. */
const LAST_LOOK_MS = 2_000;

/** Watches the main thread's loop from its own: names who blocks it, writes that down, and kills past the limit. */
class WatchdogThread {
  readonly #orders: WatchdogOrders;
  readonly #beats: LoopBeats;
  readonly #reader = new BeatReader(LOOK_EVERY_MS);
  #silence: Silence | undefined = undefined;
  #records = 0;

  constructor(orders: WatchdogOrders) {
    this.#orders = orders;
    this.#beats = new LoopBeats({ memory: orders.beats });
  }

  /** Looks from now on, for as long as the thread lives. */
  watch(): void {
    const dueMs = this.#look();
    setTimeout(() => this.watch(), dueMs > 0 ? Math.min(dueMs, LOOK_EVERY_MS) : LOOK_EVERY_MS);
  }

  /** Answers in how many milliseconds the silence, if there is one, would be a block. */
  #look(): number {
    const { excusedMs } = this.#beats;
    const { blockedAfterMs, killAfterMs } = this.#orders;
    const reading = this.#reader.look(this.#beats.count, performance.now());
    if (reading.kind === "alive") {
      this.#end();
      return blockedAfterMs;
    }
    const unexcusedMs = reading.forMs - excusedMs;
    if (unexcusedMs >= blockedAfterMs) {
      this.#silence ??= this.#begin(performance.now() - reading.forMs);
      if (killAfterMs > 0 && unexcusedMs >= killAfterMs) void this.#kill(this.#silence);
    }
    return blockedAfterMs - unexcusedMs;
  }

  #begin(sinceMs: number): Silence {
    const over = new AbortController();
    const finding = findHolder(this.#orders.pid, over.signal);
    void finding.then((found) => this.#record(sinceMs, found, false));
    return { sinceMs, over, finding, isFatal: false };
  }

  #end(): void {
    this.#silence?.over.abort();
    this.#silence = undefined;
  }

  async #kill(silence: Silence): Promise<void> {
    if (silence.isFatal) return;
    silence.isFatal = true;
    const { count } = this.#beats;
    const found = await Promise.race([lastLook(silence, this.#orders.pid), pause(LAST_LOOK_MS, UNSEEN)]);
    // It ticks again after all.
    if (this.#beats.count !== count) return;
    this.#record(silence.sinceMs, found, true);
    process.kill(this.#orders.pid, "SIGKILL");
  }

  #record(sinceMs: number, finding: Finding, isFatal: boolean): void {
    const { pid, recordPath } = this.#orders;
    const namedAfterMs = Math.round(performance.now() - sinceMs);
    const block: Block = { atMs: Date.now(), pid, namedAfterMs, ...finding, isFatal };
    this.#records++;
    if (isFatal || this.#records <= RECORDS_MAX) {
      appendFileSync(recordPath, `${JSON.stringify(block)}\n`, { mode: 0o600 });
    }
    parentPort?.postMessage(block);
  }
}

/** Who was found first may have gone on since: who is killed for it has to be who holds the loop now. */
async function lastLook({ finding, over }: Silence, pid: number): Promise<Finding> {
  // A look that has come to nothing so far is given half of the time, another one the rest.
  setTimeout(() => over.abort(), LAST_LOOK_MS / 2);
  const before = await finding;
  const limit = new AbortController();
  setTimeout(() => limit.abort(), LAST_LOOK_MS / 2);
  const now = await findHolder(pid, limit.signal);
  return now === UNSEEN ? before : now;
}

/** A span in which the loop does not tick. */
interface Silence {
  readonly sinceMs: number;
  /** Aborted when the loop ticks again. */
  readonly over: AbortController;
  readonly finding: Promise<Finding>;
  isFatal: boolean;
}

new WatchdogThread(workerData as WatchdogOrders).watch();
