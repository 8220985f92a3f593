import { blockOf, cellOf, CELLS_PER_BLOCK } from "./cells.ts";

/** What is further in the future is the mistake of a clock, in milliseconds. */
export const FUTURE_MS = 300_000;
/** What is older is counted as too late, in milliseconds. */
export const LATE_MS = 86_400_000;
const SECONDS = 1_024;
/** The share of a batch that is taken to have a fast clock. */
const FAST_SHARE = 0.001;

/** What a batch knows of time: which cells its records may be in, and how far they have come. */
export class BatchTime {
  readonly #seconds = new Uint32Array(SECONDS);
  #count = 0;
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
    this.#count = 0;
  }

  /** The cell of a time, counted from the first that may be; or what it is instead. */
  place(timeMs: number): number | "unparsable" | "tooLate" | "quarantined" {
    if (!(timeMs >= 0)) return "unparsable";
    if (timeMs < this.#earliestMs) return "tooLate";
    if (timeMs > this.#latestMs) return "quarantined";
    const second = Math.floor((this.#latestMs - timeMs) / 1_000);
    const index = second < SECONDS ? second : SECONDS - 1;
    this.#seconds[index] = (this.#seconds[index] as number) + 1;
    this.#count++;
    return cellOf(timeMs) - this.#firstCell;
  }

  /** The time that all but a thousandth of the records have not passed, to the second; undefined without records. One fast clock does not push it. */
  get latestMs(): number | undefined {
    if (this.#count === 0) return undefined;
    const fast = Math.floor(this.#count * FAST_SHARE);
    let seen = 0;
    for (let second = 0; second < SECONDS; second++) {
      seen += this.#seconds[second] as number;
      if (seen > fast) return Math.max(0, this.#latestMs - (second + 1) * 1_000);
    }
    return undefined;
  }
}
