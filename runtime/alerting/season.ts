import { BLOCK_MS, blockOf } from "../counting/cells.ts";
import type { LocalDays } from "../counting/local-day.ts";

/** How far back the same time of other days is looked at. */
const DAYS_BACK = 28;
/** Blocks before and after the same one that belong to it. */
const NEIGHBOURS = 2;
/** Days of which it is remembered which ones are like them. */
const KNOWN_MAX = 8;

/** Knows which earlier blocks a block is to be like: those of the same number within their local day, and their neighbours, on days of work or on days of rest. */
export class Season {
  readonly #days: LocalDays;
  /** By where a day begins: where the days begin that are like it. */
  readonly #alike = new Map<number, readonly number[]>();

  constructor(days: LocalDays) {
    this.#days = days;
  }

  get zone(): string {
    return this.#days.zone;
  }

  /** The blocks that a block is held against, the latest day first. */
  blocksLike(block: number): readonly number[] {
    const startMs = this.#days.dayStartOf(block * BLOCK_MS);
    const index = block - blockOf(startMs);
    return this.#daysLike(startMs).flatMap((start) =>
      Array.from({ length: 2 * NEIGHBOURS + 1 }, (_, at) => blockOf(start) + index - NEIGHBOURS + at),
    );
  }

  #daysLike(startMs: number): readonly number[] {
    const known = this.#alike.get(startMs);
    if (known !== undefined) return known;
    const isRest = this.#isRest(startMs);
    const alike: number[] = [];
    let start = startMs;
    for (let back = 1; back <= DAYS_BACK; back++) {
      start = this.#days.dayStartOf(start - 1);
      if (this.#isRest(start) === isRest) alike.push(start);
    }
    if (this.#alike.size >= KNOWN_MAX) this.#alike.clear();
    this.#alike.set(startMs, alike);
    return alike;
  }

  #isRest(startMs: number): boolean {
    const weekday = new Date(`${this.#days.dateOf(startMs)}T00:00:00Z`).getUTCDay();
    return weekday === 0 || weekday === 6;
  }
}
