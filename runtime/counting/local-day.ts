import { BLOCK_MS } from "./cells.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No place is further from UTC, in milliseconds. */
const OFFSET_MAX_MS = 16 * HOUR_MS;
/** Days that are remembered for each zone: more than an answer has points. */
const DAYS_MAX = 4_096;
/** Zones that are remembered. */
const ZONES_MAX = 64;

/** The days of one time zone. They may have 23 hours or 25, may begin at one o'clock, and some were never there. */
export class LocalDays {
  readonly zone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #starts = new Map<string, number>();
  /** The dates of days by their first moments, where those were walked through. */
  readonly #dates = new Map<number, string>();

  /** @throws RangeError for a zone that is not known */
  constructor(zone: string) {
    this.zone = zone;
    this.#format = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      calendar: "gregory",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
  }

  /** The local date of a time, as 2026-03-08. */
  dateOf(timeMs: number): string {
    return this.#format.format(timeMs);
  }

  /** The first moment of a local date; of one that was skipped, that of the next. */
  startOf(date: string): number {
    const known = this.#starts.get(date);
    if (known !== undefined) return known;
    const middle = Date.parse(`${date}T00:00:00Z`);
    let [before, after] = [middle - OFFSET_MAX_MS, middle + OFFSET_MAX_MS];
    // Every offset in use is a whole number of blocks, so it is enough to look where blocks begin.
    while (after - before > BLOCK_MS) {
      const half = before + Math.floor((after - before) / 2 / BLOCK_MS) * BLOCK_MS;
      if (this.dateOf(half) < date) before = half;
      else after = half;
    }
    return this.#remember(date, after);
  }

  /** The first moment of the local day of a time. */
  dayStartOf(timeMs: number): number {
    if (this.#dates.has(timeMs)) return timeMs;
    const start = this.startOf(this.dateOf(timeMs));
    // Where clocks went back just after midnight, a date was there for a minute before it came for good.
    return start <= timeMs ? start : this.startOf(this.dateOf(start - BLOCK_MS));
  }

  /** The first moment of the day after that of a time. */
  nextDayOf(timeMs: number): number {
    const start = this.dayStartOf(timeMs);
    const date = this.#dates.get(start) ?? this.dateOf(start);
    // Nearly all days have 24 hours: whether this one has is seen by two looks, and not by a search.
    const usual = start + DAY_MS;
    const next = this.dateOf(usual);
    if (next !== date && this.dateOf(usual - BLOCK_MS) === date) {
      this.#dates.set(usual, next);
      return this.#remember(next, usual);
    }
    // A day has 18 to 31 hours; where the date has not changed after 24 of them, it has after 32.
    for (const hours of [24, 28, 32]) {
      const later = this.dateOf(start + hours * HOUR_MS);
      if (later !== date) return this.startOf(later);
    }
    return start + DAY_MS;
  }

  /** The number of a block within its local day, the one that begins at the day's first moment being 0. */
  indexOf(timeMs: number): number {
    return Math.floor(timeMs / BLOCK_MS) - Math.floor(this.dayStartOf(timeMs) / BLOCK_MS);
  }

  /** How many blocks the local day of a time has. */
  blocksOf(timeMs: number): number {
    return (this.nextDayOf(timeMs) - this.dayStartOf(timeMs)) / BLOCK_MS;
  }

  #remember(date: string, start: number): number {
    if (this.#starts.size >= DAYS_MAX) {
      this.#starts.clear();
      this.#dates.clear();
    }
    this.#starts.set(date, start);
    return start;
  }
}

/** The days of the zones that are asked for: what was found out of one is kept for the next question. */
export class Zones {
  readonly #known = new Map<string, LocalDays>();

  /** @throws RangeError for a zone that is not known */
  daysOf(zone: string): LocalDays {
    const known = this.#known.get(zone);
    if (known !== undefined) return known;
    if (this.#known.size >= ZONES_MAX) this.#known.clear();
    const days = new LocalDays(zone);
    this.#known.set(zone, days);
    return days;
  }
}
