/** What was noted lately, under any number of names: what was not noted again for some time is forgotten, and so is the oldest when there are too many, so that names which come and go leave nothing behind. */
export class Lately<T> {
  readonly #forMs: number;
  readonly #max: number;
  /** Those that were noted last stand last. */
  readonly #notes = new Map<string, { readonly value: T; readonly atMs: number }>();

  /** @param forMs for how long something is known, in milliseconds @param max names that are known at once */
  constructor(forMs: number, max: number) {
    this.#forMs = forMs;
    this.#max = max;
  }

  /** @param nowMs on a clock that never jumps, here and below */
  note(name: string, value: T, nowMs: number): void {
    this.#notes.delete(name);
    this.#notes.set(name, { value, atMs: nowMs });
    this.#forget(nowMs);
    const [oldest] = this.#notes.keys();
    if (this.#notes.size > this.#max && oldest !== undefined) this.#notes.delete(oldest);
  }

  /** What was noted last under a name; undefined when that was too long ago. */
  of(name: string, nowMs: number): T | undefined {
    this.#forget(nowMs);
    return this.#notes.get(name)?.value;
  }

  drop(name: string): void {
    this.#notes.delete(name);
  }

  /** How many names are known. */
  size(nowMs: number): number {
    this.#forget(nowMs);
    return this.#notes.size;
  }

  #forget(nowMs: number): void {
    for (const [name, { atMs }] of this.#notes) {
      if (nowMs - atMs <= this.#forMs) return;
      this.#notes.delete(name);
    }
  }
}
