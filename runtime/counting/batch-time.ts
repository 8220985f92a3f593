import { blockOf, cellOf, CELLS_PER_BLOCK } from "./cells.ts";

/** What is further in the future is the mistake of a clock, in milliseconds. */
export const FUTURE_MS = 300_000;
/** What is older is counted as too late, in milliseconds. */
export const LATE_MS = 86_400_000;
/** How far back it is known of each second how many records are of it. */
const SECONDS = 1_024;
/** What is older is known so coarsely, in milliseconds. */
const OLD_STEP_MS = 10_000;
const OLD_STEPS = Math.ceil((LATE_MS + FUTURE_MS + 1) / OLD_STEP_MS);
/** The share of a batch that is taken to have a fast clock. */
const FAST_SHARE = 0.001;

/** What a batch knows of time: which cells its records may be in, and how far they have come. */
export class BatchTime {
  readonly #seconds = new Uint32Array(SECONDS);
  #count = 0;
  /** The same of what is older than that, where there is any: somebody reads old logs. */
  #old = new Uint32Array();
  nowMs = 0;
  /** The first block in which anything may be counted. */
  firstBlock = 0;
  #firstCell = 0;
  #latestMs = 0;
  #earliestMs = 0;

  /** @param nowMs when the log took in the end of the batch */
  begin(nowMs: number): void {
    this.nowMs = nowMs;
    this.#earliestMs = nowMs - LATE_MS;
    this.#latestMs = nowMs + FUTURE_MS;
    this.firstBlock = blockOf(Math.max(0, this.#earliestMs));
    this.#firstCell = this.firstBlock * CELLS_PER_BLOCK;
    this.#seconds.fill(0);
    this.#old.fill(0);
    this.#count = 0;
  }

  /** The cell of a time, counted from the first that may be; or what it is instead. */
  place(timeMs: number): number | "unparsable" | "tooLate" | "quarantined" {
    if (!(timeMs >= 0)) return "unparsable";
    if (timeMs < this.#earliestMs) return "tooLate";
    if (timeMs > this.#latestMs) return "quarantined";
    const second = Math.floor((this.#latestMs - timeMs) / 1_000);
    if (second < SECONDS) this.#seconds[second] = (this.#seconds[second] as number) + 1;
    else this.#addOld(timeMs);
    this.#count++;
    return cellOf(timeMs) - this.#firstCell;
  }

  /** The time that all but a thousandth of the records have not passed, to the second, or to ten where it is long ago; undefined without records. One fast clock does not push it. */
  get latestMs(): number | undefined {
    if (this.#count === 0) return undefined;
    const fast = Math.floor(this.#count * FAST_SHARE);
    let seen = 0;
    for (let second = 0; second < SECONDS; second++) {
      seen += this.#seconds[second] as number;
      if (seen > fast) return Math.max(0, this.#latestMs - (second + 1) * 1_000);
    }
    const step = this.#old.findIndex((records) => (seen += records) > fast);
    return Math.max(0, this.#latestMs - (step + 1) * OLD_STEP_MS);
  }

  #addOld(timeMs: number): void {
    if (this.#old.length === 0) this.#old = new Uint32Array(OLD_STEPS);
    const step = Math.floor((this.#latestMs - timeMs) / OLD_STEP_MS);
    this.#old[step] = (this.#old[step] as number) + 1;
  }
}
