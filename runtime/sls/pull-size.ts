/** After this many pulls that went well, twice as much is asked for again. */
const GOOD_PULLS = 4;

/**
 * How many log groups to ask for at once. A pull that takes too long is tried again with half as many, down to one, so
 * that a slow link gets on at last; then the size grows back. Pure.
 */
export class PullSize {
  readonly #max: number;
  #count: number;
  #good = 0;

  constructor(max: number) {
    this.#max = max;
    this.#count = max;
  }

  get count(): number {
    return this.#count;
  }

  timedOut(): void {
    this.#good = 0;
    this.#count = Math.max(1, Math.floor(this.#count / 2));
  }

  succeeded(): void {
    this.#good++;
    if (this.#good < GOOD_PULLS) return;
    this.#good = 0;
    this.#count = Math.min(this.#max, this.#count * 2);
  }
}
