import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { SpaceSaving } from "./space-saving.ts";

/** What is over a budget is counted under this value. */
export const OTHER = "__other__";
/** One slot of so many is kept for what was frequent in the block before. */
const RESERVED_SHARE = 4;
const RESERVED_MAX = 64;
/** How many values without a slot are followed for each slot that is kept. */
const FOLLOWED_FACTOR = 2;

/** How often values were seen. */
type Weights = ReadonlyMap<string, number>;

/**
 * Which values of one dimension are told apart in one block. A slot is never taken back, so a series means the same through its block: what becomes frequent
 * too late for one is followed, and has a slot that is kept for it in the next block.
 */
export class DimensionSlots {
  readonly #known = new Set<string>();
  readonly #reserved = new Set<string>();
  #followed: SpaceSaving | undefined;

  /** Whether there is anything to store besides the values of the series. */
  get isPlain(): boolean {
    return this.#reserved.size === 0 && this.#followed === undefined;
  }

  get size(): number {
    return this.#known.size;
  }

  /** Whether all values of others have a slot here. */
  holds(other: DimensionSlots): boolean {
    for (const value of other.#known) if (value !== OTHER && !this.#known.has(value)) return false;
    return true;
  }

  /** Takes in a value that has a series already. */
  know(value: string): void {
    this.#known.add(value);
  }

  /** Keeps slots for these; only while the block is empty. */
  reserve(values: readonly string[]): void {
    for (const value of values) this.#reserved.add(value);
  }

  /** Gives slots to new values, the most frequent first, and follows those that get none. */
  admit(weights: Weights, budget: number): void {
    const fresh = [...weights].filter(([value]) => value !== OTHER && !this.#known.has(value));
    if (fresh.length > this.#free(budget)) fresh.sort(byWeight);
    const refused: [string, number][] = [];
    for (const [value, weight] of fresh) {
      if (this.#reserved.has(value) || this.#free(budget) > 0) this.#known.add(value);
      else refused.push([value, weight]);
    }
    if (refused.length === 0) return;
    const max = FOLLOWED_FACTOR * reservedOf(budget);
    const items = refused.map(([value, count]) => ({ value, count, error: 0 }));
    this.#followed ??= new SpaceSaving(max);
    this.#followed.merge(new SpaceSaving(max, items));
  }

  /** Under which value something is counted. */
  slotOf(value: string): string {
    if (this.#known.has(value)) return value;
    this.#known.add(OTHER);
    return OTHER;
  }

  /** For which values the next block keeps slots: none unless some got none here. @param weights how often those were seen that have one */
  heaviest(weights: Weights, budget: number): readonly string[] {
    if (this.#followed === undefined) return [];
    const all = new Map(weights);
    all.delete(OTHER);
    const max = FOLLOWED_FACTOR * reservedOf(budget);
    // What may be an error of the estimate takes no slot from what was counted exactly.
    for (const { value, count, error } of this.#followed.top(max)) all.set(value, count - error);
    const heaviest = [...all].sort(byWeight).slice(0, reservedOf(budget));
    return heaviest.map(([value]) => value);
  }

  write(writer: ByteWriter): void {
    const reserved = [...this.#reserved].sort();
    writer.whole(reserved.length);
    for (const value of reserved) writer.text(value);
    writer.byte(this.#followed === undefined ? 0 : 1);
    this.#followed?.write(writer);
  }

  /** Takes in what `write` has written. @throws RangeError for bytes that are none */
  read(reader: ByteReader): void {
    for (let left = reader.whole(); left > 0; left--) this.#reserved.add(reader.text());
    if (this.#reserved.size > RESERVED_MAX) throw new RangeError("no dimension keeps so many slots");
    if (reader.byte() === 1) this.#followed = SpaceSaving.read(reader);
  }

  /** How many values may come for which no slot is kept. */
  #free(budget: number): number {
    let kept = 0;
    for (const value of this.#reserved) if (!this.#known.has(value)) kept++;
    return budget - kept - this.#known.size + (this.#known.has(OTHER) ? 1 : 0);
  }
}

function reservedOf(budget: number): number {
  return Math.min(RESERVED_MAX, Math.ceil(budget / RESERVED_SHARE));
}

function byWeight([a, weightA]: readonly [string, number], [b, weightB]: readonly [string, number]): number {
  if (weightA !== weightB) return weightB - weightA;
  return a < b ? -1 : 1;
}
