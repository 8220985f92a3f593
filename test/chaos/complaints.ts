/** Complaints that are kept whole; the others are counted. */
const KEPT_MAX = 40;

/** What should not have happened, and how often. */
export class Complaints {
  readonly #kept: string[] = [];
  count = 0;

  add(text: string): void {
    this.count++;
    if (this.#kept.length < KEPT_MAX) this.#kept.push(text);
  }

  /** In words, one a line. */
  get lines(): readonly string[] {
    const more = this.count - this.#kept.length;
    return more > 0 ? [...this.#kept, `and ${more} more`] : this.#kept;
  }
}
