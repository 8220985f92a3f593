/** One thing that was begun, and whether it has ended. */
export interface Begun<T> {
  readonly value: T;
  isSettled: boolean;
}

/** So many settled ones at the front are dropped from the list together. */
const DROP_AT = 512;

/** Follows things that are begun in order and end in any: up to which one have all ended? Pure. */
export class SettledPrefix<T> {
  #begun: Begun<T>[] = [];
  /** Where the first one is that has not ended. */
  #head = 0;
  #last: T | undefined = undefined;

  /** The last one before which, and with which, all have ended. */
  get last(): T | undefined {
    return this.#last;
  }

  /** How many were begun after `last`. */
  get open(): number {
    return this.#begun.length - this.#head;
  }

  begin(value: T): Begun<T> {
    const begun = { value, isSettled: false };
    this.#begun.push(begun);
    return begun;
  }

  /** Answers whether `last` has moved. */
  settle(begun: Begun<T>): boolean {
    begun.isSettled = true;
    const before = this.#head;
    for (; this.#begun[this.#head]?.isSettled === true; this.#head++) {
      this.#last = this.#begun[this.#head]?.value;
    }
    if (this.#head === before) return false;
    if (this.#head >= DROP_AT || this.#head === this.#begun.length) {
      this.#begun = this.#begun.slice(this.#head);
      this.#head = 0;
    }
    return true;
  }
}
