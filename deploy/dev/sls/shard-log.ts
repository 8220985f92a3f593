/** A log group as it was put, with the second at which it came. */
export interface StoredGroup {
  readonly bytes: Uint8Array;
  readonly receivedAt: number;
}

/** What was dropped in front is given back when it is more than this, and more than half. */
const DROPPED_MAX = 1024;

/** The log groups of a shard, numbered without gaps; the oldest may be dropped. */
export class ShardLog {
  #groups: StoredGroup[] = [];
  #dropped = 0;
  /** The number of the group that stands first in the array, dropped or not. */
  #base: bigint;
  /** What it holds. */
  bytes = 0;

  constructor(firstSequence: bigint) {
    this.#base = firstSequence;
  }

  /** The number of the oldest group that is still there. */
  get first(): bigint {
    return this.#base + BigInt(this.#dropped);
  }

  /** The number that the next group will have. */
  get end(): bigint {
    return this.#base + BigInt(this.#groups.length);
  }

  get size(): number {
    return this.#groups.length - this.#dropped;
  }

  append(group: StoredGroup): void {
    this.#groups.push(group);
    this.bytes += group.bytes.length;
  }

  /** The group with a number; undefined when there is none. */
  at(sequence: bigint): StoredGroup | undefined {
    return sequence < this.first ? undefined : this.#groups[Number(sequence - this.#base)];
  }

  /** The number of the first group that was received at a second or later. */
  receivedFrom(second: number): bigint {
    let [low, high] = [this.#dropped, this.#groups.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#groups[middle]?.receivedAt ?? 0) < second) low = middle + 1;
      else high = middle;
    }
    return this.#base + BigInt(low);
  }

  /** Drops the oldest groups, as retention does. */
  dropOldest(count: number): void {
    const dropped = Math.min(count, this.size);
    for (let index = 0; index < dropped; index++) {
      this.bytes -= this.#groups[this.#dropped + index]?.bytes.length ?? 0;
    }
    this.#dropped += dropped;
    if (this.#dropped <= DROPPED_MAX || this.#dropped * 2 < this.#groups.length) return;
    this.#base = this.first;
    this.#groups = this.#groups.slice(this.#dropped);
    this.#dropped = 0;
  }
}
