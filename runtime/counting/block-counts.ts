import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { DimensionSlots, OTHER } from "./dimension-slots.ts";
import type { MetricShape } from "./metric-shape.ts";
import { SeriesCounts } from "./series-counts.ts";

/** Between the values of a key; no value holds it. */
const BETWEEN = "\0";
/** Where there are too many combinations, so many times as many hold those with a dimension folded. */
const FOLDED_FACTOR = 2;

/** The values that make up the key of a series. */
export function valuesOf(key: string): string[] {
  return key.split(BETWEEN);
}

/** The key of a series. */
export function keyOf(values: readonly string[]): string {
  return values.join(BETWEEN);
}

/** What was counted of one metric in one block of 180 s, by the values of its dimensions. */
export class BlockCounts {
  readonly #series = new Map<string, SeriesCounts>();
  /** By dimension. */
  readonly #slots: DimensionSlots[] = [];
  #knowsValues = true;
  /** How often it was changed after it was final. */
  revisions = 0;

  get series(): ReadonlyMap<string, SeriesCounts> {
    return this.#series;
  }

  /** How many records were counted under `__other__` in some dimension. */
  get folded(): number {
    let folded = 0;
    for (const [key, counts] of this.#series) if (isFolded(key)) folded += counts.total;
    return folded;
  }

  /** The counts of a combination of values, new ones unless there are some. */
  at(key: string, shape: MetricShape): SeriesCounts {
    const present = this.#series.get(key);
    if (present !== undefined) return present;
    const added = new SeriesCounts(shape);
    this.#series.set(key, added);
    return added;
  }

  /** Counts what is new here, within the budgets of the shape: what is over one keeps all its other values. */
  count(fresh: BlockCounts, shape: MetricShape): void {
    this.#admit(fresh, shape);
    for (const [key, counts] of fresh.#series) this.at(this.#admitted(key, shape), shape).merge(counts);
    this.revisions += fresh.revisions;
  }

  /** Adds what was counted elsewhere, under the values that it has there: it was held to its budgets when it was counted, and looks the same wherever it is kept. */
  add(other: BlockCounts, shape: MetricShape): void {
    for (const [key, counts] of other.#series) this.at(key, shape).merge(counts);
    this.#knowsValues = false;
    this.revisions += other.revisions;
  }

  /** Keeps slots for what was frequent in the block before this one, which has nothing yet. */
  reserveAfter(before: BlockCounts, shape: MetricShape): void {
    shape.dimensions.forEach(({ budget }, dimension) => {
      const slots = before.#slots[dimension];
      if (slots === undefined || slots.isPlain) return;
      this.#slotsAt(dimension).reserve(slots.heaviest(before.#weights(dimension), budget));
    });
  }

  /** Takes a block into a longer stretch, which has the budgets of one: all of it in the first cell. */
  countCoarsely(block: BlockCounts, shape: MetricShape): void {
    this.count(block, shape);
    for (const series of this.#series.values()) series.gather();
  }

  /** The same, with no more said of different values than is kept of blocks. */
  lowered(shape: MetricShape): BlockCounts {
    const lowered = new BlockCounts();
    lowered.add(this, shape);
    for (const series of lowered.#series.values()) series.unique?.lower();
    return lowered;
  }

  /** The same as two with half of the series each; undefined when there is only one. */
  halves(): readonly [BlockCounts, BlockCounts] | undefined {
    const keys = [...this.#series.keys()].sort();
    const middle = keys[Math.floor(keys.length / 2)];
    return keys.length < 2 || middle === undefined
      ? undefined
      : [this.between("", middle), this.between(middle)];
  }

  /** The series from a key on, up to another that is not among them. What is said of the block as a whole goes with its first. */
  between(from: string, to?: string): BlockCounts {
    const part = new BlockCounts();
    for (const [key, counts] of this.#series) {
      if (key >= from && (to === undefined || key < to)) part.#series.set(key, counts);
    }
    if (from === "") part.revisions = this.revisions;
    return part;
  }

  /** The same in few bytes: each value once, series in the order of their values. */
  encode(): Uint8Array {
    const writer = new ByteWriter();
    writer.whole(this.folded);
    writer.whole(this.revisions);
    const keys = [...this.#series.keys()].sort();
    const texts = [...new Set(keys.flatMap(valuesOf))].sort();
    const numbers = new Map(texts.map((text, number) => [text, number]));
    writer.whole(texts.length);
    for (const text of texts) writer.text(text);
    writer.whole(keys.length);
    for (const key of keys) {
      for (const value of valuesOf(key)) writer.whole(numbers.get(value) ?? 0);
      this.#series.get(key)?.write(writer);
    }
    if (this.#slots.some(({ isPlain }) => !isPlain)) for (const slots of this.#slots) slots.write(writer);
    return writer.done();
  }

  /** @throws RangeError for bytes that are none */
  static decode(bytes: Uint8Array, shape: MetricShape): BlockCounts {
    const reader = new ByteReader(bytes);
    const block = new BlockCounts();
    // How much is folded is told to whoever reads the bytes elsewhere; it follows from the series.
    reader.whole();
    block.revisions = reader.whole();
    const texts: string[] = [];
    for (let left = reader.whole(); left > 0; left--) texts.push(valueIn(reader));
    // A metric without dimensions has one series, whose only value is empty.
    const width = Math.max(1, shape.dimensions.length);
    for (let left = reader.whole(); left > 0; left--) {
      let key = textAt(texts, reader.whole());
      for (let more = 1; more < width; more++) key += BETWEEN + textAt(texts, reader.whole());
      block.#series.set(key, SeriesCounts.read(reader, shape));
    }
    if (!reader.isAtEnd) for (let at = 0; at < width; at++) block.#slotsAt(at).read(reader);
    block.#knowsValues = false;
    return block;
  }

  /** Gives slots to the values of what is to be added. */
  #admit(other: BlockCounts, shape: MetricShape): void {
    this.#knowValues();
    other.#knowValues();
    shape.dimensions.forEach(({ budget }, dimension) => {
      const slots = this.#slotsAt(dimension);
      const theirs = other.#slots[dimension];
      // Most of what comes has been there before.
      if (theirs !== undefined && theirs.size > 0 && slots.holds(theirs)) return;
      slots.admit(other.#weights(dimension), budget);
    });
  }

  /** Takes in the values of its series. Who only reads what was stored does not need them. */
  #knowValues(): void {
    if (this.#knowsValues) return;
    this.#knowsValues = true;
    for (const key of this.#series.keys()) {
      valuesOf(key).forEach((value, dimension) => this.#slotsAt(dimension).know(value));
    }
  }

  /** How often each value of a dimension was seen. */
  #weights(dimension: number): Map<string, number> {
    const weights = new Map<string, number>();
    for (const [key, counts] of this.#series) {
      const value = valuesOf(key)[dimension] ?? "";
      weights.set(value, (weights.get(value) ?? 0) + counts.total);
    }
    return weights;
  }

  /** The key under which a combination is counted here. */
  #admitted(key: string, shape: MetricShape): string {
    if (this.#series.has(key) || shape.dimensions.length === 0) return key;
    const values = valuesOf(key);
    const told = shape.dimensions.map((_, dimension) =>
      this.#slotsAt(dimension).slotOf(values[dimension] ?? ""),
    );
    const own = keyOf(told);
    if (this.#series.has(own) || this.#series.size < shape.seriesMax) return own;
    return this.#withFewer(told, FOLDED_FACTOR * shape.seriesMax);
  }

  /** Where there are too many combinations: the dimension with the most values is folded first, so that all splits by the others stay exact. */
  #withFewer(values: readonly string[], seriesMax: number): string {
    const folded = [...values];
    const byValues = values.map((_, dimension) => dimension);
    byValues.sort((a, b) => this.#slotsAt(b).size - this.#slotsAt(a).size || a - b);
    for (const dimension of byValues) {
      this.#slotsAt(dimension).know(OTHER);
      folded[dimension] = OTHER;
      const key = keyOf(folded);
      if (this.#series.has(key) || this.#series.size < seriesMax) return key;
    }
    return keyOf(folded);
  }

  #slotsAt(dimension: number): DimensionSlots {
    return (this.#slots[dimension] ??= new DimensionSlots());
  }
}

function isFolded(key: string): boolean {
  return key.includes(OTHER) && valuesOf(key).includes(OTHER);
}

/** A value that held what divides values would be several when it is read back. */
function valueIn(reader: ByteReader): string {
  const text = reader.text();
  if (text.includes(BETWEEN)) throw new RangeError("a value holds what divides values");
  return text;
}

function textAt(texts: readonly string[], number: number): string {
  const text = texts[number];
  if (text === undefined) throw new RangeError("a series names a value that is not there");
  return text;
}
