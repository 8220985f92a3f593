import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** How often something was seen: at most `count`, and at least `count - error`. */
export interface TopItem {
  readonly value: string;
  readonly count: number;
  readonly error: number;
}

/** What is followed takes so much in memory beside its text, and each letter so much, in bytes. */
const ITEM_BYTES = 150;
const LETTER_BYTES = 2;
/** More are never followed. */
const FOLLOWED_MAX = 2_000;

/**
 * The things seen most often, of which no more than a fixed number is followed (Space-Saving: Metwally, Agrawal and El Abbadi, 2005; merged
 * as Cafaro, Pulimeno and Tempesta do). Whatever makes up more than one part in that number of all is among them.
 */
export class SpaceSaving {
  readonly #max: number;
  readonly #items = new Map<string, TopItem>();
  /** What is not followed was seen at most so often. */
  #floor = 0;

  constructor(max: number, items: Iterable<TopItem> = [], floor = 0) {
    this.#max = max;
    this.#floor = floor;
    for (const item of items) this.#items.set(item.value, item);
    this.#prune();
  }

  /** The largest error of any count here. */
  get floor(): number {
    return this.#floor;
  }

  /** What it takes in memory, roughly. */
  get memoryBytes(): number {
    let bytes = 0;
    for (const value of this.#items.keys()) bytes += ITEM_BYTES + LETTER_BYTES * value.length;
    return bytes;
  }

  /** The most frequent first. */
  top(wanted: number): TopItem[] {
    return [...this.#items.values()].sort(byCount).slice(0, wanted);
  }

  merge(other: SpaceSaving): void {
    const before = this.#floor;
    for (const [value, { count, error }] of this.#items) {
      const theirs = other.#items.get(value) ?? { count: other.#floor, error: other.#floor };
      this.#items.set(value, { value, count: count + theirs.count, error: error + theirs.error });
    }
    for (const [value, { count, error }] of other.#items) {
      if (this.#items.has(value)) continue;
      this.#items.set(value, { value, count: count + before, error: error + before });
    }
    this.#floor = before + other.#floor;
    this.#prune();
  }

  write(writer: ByteWriter): void {
    writer.whole(this.#max);
    writer.whole(this.#floor);
    writer.whole(this.#items.size);
    for (const { value, count, error } of this.top(this.#items.size)) {
      writer.text(value);
      writer.whole(count);
      writer.whole(error);
    }
  }

  /** @throws RangeError for bytes that are none */
  static read(reader: ByteReader): SpaceSaving {
    const max = reader.whole();
    if (max > FOLLOWED_MAX) throw new RangeError(`nobody follows ${max} things`);
    const floor = reader.whole();
    const items: TopItem[] = [];
    for (let left = reader.whole(); left > 0; left--) {
      items.push({ value: reader.text(), count: reader.whole(), error: reader.whole() });
    }
    return new SpaceSaving(max, items, floor);
  }

  #prune(): void {
    if (this.#items.size <= this.#max) return;
    for (const { value, count } of this.top(this.#items.size).slice(this.#max)) {
      this.#items.delete(value);
      this.#floor = Math.max(this.#floor, count);
    }
  }
}

function byCount(a: TopItem, b: TopItem): number {
  if (a.count !== b.count) return b.count - a.count;
  return a.value < b.value ? -1 : 1;
}
