/** Upper bounds of the classes in which lateness is counted, in milliseconds. */
export const LATENESS_BOUNDS_MS: readonly number[] = [1, 5, 10, 25, 50, 100, 250, 1_000, 10_000, 60_000];

/** How late reminders were handled: counted in classes, so that it takes no room however many there are. */
export class Lateness {
  /** For each bound how many were at most that late; the last one counts all. */
  readonly #atMost = new Float64Array(LATENESS_BOUNDS_MS.length + 1);
  maxMs = 0;

  get count(): number {
    return this.#atMost[LATENESS_BOUNDS_MS.length] ?? 0;
  }

  note(lateMs: number): void {
    this.maxMs = Math.max(this.maxMs, lateMs);
    for (const [at, bound] of LATENESS_BOUNDS_MS.entries()) {
      if (lateMs <= bound) this.#count(at);
    }
    this.#count(LATENESS_BOUNDS_MS.length);
  }

  #count(at: number): void {
    this.#atMost[at] = (this.#atMost[at] ?? 0) + 1;
  }

  /** How many were at most so late, for each bound in milliseconds. */
  entries(): readonly (readonly [boundMs: number, count: number])[] {
    return LATENESS_BOUNDS_MS.map((bound, at) => [bound, this.#atMost[at] ?? 0]);
  }
}
