/** The latest of many things, at most `max`: what operators look at, however much there has been. */
export class Latest<T> {
  readonly #max: number;
  /** A ring: the next one takes the place of the oldest. */
  readonly #kept: T[] = [];
  #next = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add(item: T): void {
    this.#kept[this.#next] = item;
    this.#next = (this.#next + 1) % this.#max;
  }

  /** At most `limit` of them, newest first. */
  recent(limit: number = this.#max): T[] {
    const oldestFirst = [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)];
    return oldestFirst.reverse().slice(0, limit);
  }
}
