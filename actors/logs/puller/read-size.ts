/** How much a puller asks for at a time: half of what was too much, and twice of what went well, up to a limit. Pure. */
export class ReadSize {
  readonly #max: number;
  #units: number;

  constructor(max: number) {
    this.#max = max;
    this.#units = max;
  }

  get units(): number {
    return this.#units;
  }

  /** Whether it is down to one unit: there is nothing left to divide. */
  get isOne(): boolean {
    return this.#units === 1;
  }

  /** So many were too many, or as many as were asked for. */
  halve(units: number = this.#units): void {
    const tried = Math.max(1, Math.min(units, this.#units));
    this.#units = Math.max(1, Math.floor(tried / 2));
  }

  grow(): void {
    this.#units = Math.min(this.#max, this.#units * 2);
  }
}
