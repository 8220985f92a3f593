import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { MetricShape } from "./metric-shape.ts";
import { SeriesCounts } from "./series-counts.ts";

/** What is over a budget is counted under this value. */
export const OTHER = "__other__";
/** Between the values of a key; no value holds it. */
const BETWEEN = "\0";

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
  /** The values that are told apart, by dimension. */
  readonly #values: Set<string>[] = [];
  /** How many records were counted under `__other__` in some dimension. */
  folded = 0;
  /** How often it was changed after it was final. */
  revisions = 0;

  get series(): ReadonlyMap<string, SeriesCounts> {
    return this.#series;
  }

  /** The counts of a combination of values, new ones unless there are some. */
  at(key: string, shape: MetricShape): SeriesCounts {
    const present = this.#series.get(key);
    if (present !== undefined) return present;
    const added = new SeriesCounts(shape);
    this.#series.set(key, added);
    return added;
  }

  /** Adds what was counted elsewhere, within the budgets of the shape: what is over one keeps all its other values. */
  merge(other: BlockCounts, shape: MetricShape): void {
    for (const [key, counts] of other.#series) {
      const admitted = this.#admitted(key, shape);
      if (admitted !== key) this.folded += counts.total;
      this.at(admitted, shape).merge(counts);
    }
    this.folded += other.folded;
    this.revisions += other.revisions;
  }

  /** The same without its cells: all of it in the first one. */
  coarse(shape: MetricShape): BlockCounts {
    const coarse = new BlockCounts();
    coarse.merge(this, shape);
    for (const { counts, sums } of coarse.#series.values()) {
      gather(counts);
      if (sums !== undefined) gather(sums);
    }
    return coarse;
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
    return writer.done();
  }

  /** @throws RangeError for bytes that are none */
  static decode(bytes: Uint8Array, shape: MetricShape): BlockCounts {
    const reader = new ByteReader(bytes);
    const block = new BlockCounts();
    block.folded = reader.whole();
    block.revisions = reader.whole();
    const texts: string[] = [];
    for (let left = reader.whole(); left > 0; left--) texts.push(reader.text());
    // A metric without dimensions has one series, whose only value is empty.
    const width = Math.max(1, shape.dimensions.length);
    for (let left = reader.whole(); left > 0; left--) {
      const values = Array.from({ length: width }, () => textAt(texts, reader.whole()));
      values.forEach((value, dimension) => block.#valuesAt(dimension).add(value));
      block.#series.set(keyOf(values), SeriesCounts.read(reader, shape));
    }
    return block;
  }

  /** The key under which a combination is counted here. */
  #admitted(key: string, shape: MetricShape): string {
    if (this.#series.has(key)) return key;
    const values = valuesOf(key);
    const admitted = shape.dimensions.map(({ budget }, dimension) => {
      const value = values[dimension] ?? "";
      const known = this.#valuesAt(dimension);
      if (known.has(value)) return value;
      // The last place of a budget is that of everything else.
      if (known.size - (known.has(OTHER) ? 1 : 0) >= budget) return this.#note(dimension, OTHER);
      return this.#note(dimension, value);
    });
    const own = keyOf(admitted.length === 0 ? values : admitted);
    if (this.#series.has(own) || this.#series.size < shape.seriesMax) return own;
    return keyOf(shape.dimensions.map((_, dimension) => this.#note(dimension, OTHER)));
  }

  #note(dimension: number, value: string): string {
    this.#valuesAt(dimension).add(value);
    return value;
  }

  #valuesAt(dimension: number): Set<string> {
    return (this.#values[dimension] ??= new Set());
  }
}

function gather(cells: Float64Array): void {
  const total = cells.reduce((sum, amount) => sum + amount, 0);
  cells.fill(0);
  cells[0] = total;
}

function textAt(texts: readonly string[], number: number): string {
  const text = texts[number];
  if (text === undefined) throw new RangeError("a series names a value that is not there");
  return text;
}
