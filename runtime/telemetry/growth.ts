/** How fast a number has grown, over the time for which that is known. */
export interface Growth {
  readonly perMinute: number;
  readonly sinceMs: number;
}

const MINUTE_MS = 60_000;

/** The course of a number over a window of time, for its slope: the line of least squares through what was seen. */
export class Course {
  readonly #max: number;
  readonly #seen: { readonly atMs: number; readonly value: number }[] = [];

  /** @param max points that are kept; the oldest go */
  constructor(max: number) {
    this.#max = max;
  }

  add(atMs: number, value: number): void {
    this.#seen.push({ atMs, value });
    if (this.#seen.length > this.#max) this.#seen.shift();
  }

  /** How fast it grows; undefined until there are three points, because a line goes through any two. */
  growth(): Growth | undefined {
    const [first, , third] = this.#seen;
    const last = this.#seen.at(-1);
    if (first === undefined || third === undefined || last === undefined) return undefined;
    const count = this.#seen.length;
    const meanMs = sum(this.#seen.map(({ atMs }) => atMs - first.atMs)) / count;
    const mean = sum(this.#seen.map(({ value }) => value)) / count;
    const spread = sum(this.#seen.map(({ atMs }) => (atMs - first.atMs - meanMs) ** 2));
    if (spread === 0) return undefined;
    const common = sum(this.#seen.map(({ atMs, value }) => (atMs - first.atMs - meanMs) * (value - mean)));
    return { perMinute: Math.round((common / spread) * MINUTE_MS), sinceMs: last.atMs - first.atMs };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
