/** How often something may be done in a second, and how often it was done at all. */
export class Quota {
  readonly #perSecond: number;
  #second = 0;
  #taken = 0;
  /** How often it was done, the refused ones not counted. */
  total = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Whether it may be done once more now. `now` in seconds. */
  take(now: number): boolean {
    const second = Math.floor(now);
    if (second !== this.#second) [this.#second, this.#taken] = [second, 0];
    if (this.#taken >= this.#perSecond) return false;
    this.#taken++;
    this.total++;
    return true;
  }
}
