import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** How far a quantile may be from the true one, as a share of it. */
export const QUANTILE_ERROR = 0.01;
const GAMMA = (1 + QUANTILE_ERROR) / (1 - QUANTILE_ERROR);
const PER_LOG = 1 / Math.log(GAMMA);
/** What is larger counts as this: as microseconds it is some 12 days. */
const VALUE_MAX = 2 ** 40;
/** How many bins there can be. */
export const BINS_MAX = Math.ceil(Math.log(VALUE_MAX) * PER_LOG) + 1;
const GROW_BY = 64;
/** What a sketch takes in memory beside its bins. */
const OBJECT_BYTES = 200;
/** What a bin holds at most: it has 32 bits. */
const BIN_COUNT_MAX = 2 ** 32 - 1;

/** The bin of a whole number from 1 on: bin i holds what is above gamma^(i-1), up to gamma^i. */
export function binOf(value: number): number {
  return value <= 1 ? 0 : Math.ceil(Math.log(Math.min(value, VALUE_MAX)) * PER_LOG);
}

/** The value that is at most one percent from all that a bin holds. */
function valueOf(bin: number): number {
  return (2 * GAMMA ** bin) / (GAMMA + 1);
}

/**
 * Quantiles of whole numbers from 0 on, with a relative error of one percent (DDSketch: Masson, Rim and Lee, VLDB 2019). Merging is exact and
 * its order means nothing, so the same numbers always give the same bytes.
 */
export class DdSketch {
  /** The counts of the bins from `#first` on. */
  #bins = new Uint32Array(0);
  #first = 0;
  #zeros = 0;
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  get count(): number {
    return this.#count;
  }
  get sum(): number {
    return this.#sum;
  }
  /** Infinity where nothing was counted. */
  get min(): number {
    return this.#min;
  }
  get max(): number {
    return this.#max;
  }

  /** What it takes in memory, roughly. */
  get memoryBytes(): number {
    return OBJECT_BYTES + this.#bins.byteLength;
  }

  add(value: number, times = 1): void {
    if (value < 1) this.#zeros += times;
    else this.#addBin(binOf(value), times);
    this.#count += times;
    this.note({ sum: value * times, min: value, max: value });
  }

  /** Counts what is known to belong to a bin; what `note` keeps is told apart. `-1` is the bin of zero. */
  addBin(bin: number, times: number): void {
    if (bin < 0) this.#zeros += times;
    else this.#addBin(bin, times);
    this.#count += times;
  }

  note({ sum, min, max }: { readonly sum: number; readonly min: number; readonly max: number }): void {
    this.#sum += sum;
    if (min < this.#min) this.#min = min;
    if (max > this.#max) this.#max = max;
  }

  merge(other: DdSketch): void {
    other.#bins.forEach((times, index) => {
      if (times > 0) this.#addBin(other.#first + index, times);
    });
    this.#zeros += other.#zeros;
    this.#count += other.#count;
    this.note({ sum: other.#sum, min: other.#min, max: other.#max });
  }

  /** The value below which a share of all lies; undefined where nothing was counted. */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = share * (this.#count - 1);
    let seen = this.#zeros;
    if (seen > rank) return 0;
    for (let index = 0; index < this.#bins.length; index++) {
      seen += this.#bins[index] as number;
      if (seen > rank) return Math.min(Math.max(valueOf(this.#first + index), this.#min), this.#max);
    }
    return this.#max;
  }

  write(writer: ByteWriter): void {
    writer.whole(this.#zeros);
    writer.whole(this.#sum);
    writer.whole(this.#count === 0 ? 0 : this.#min);
    writer.whole(this.#max);
    writer.whole(this.#bins.reduce((filled, times) => filled + (times > 0 ? 1 : 0), 0));
    let last = 0;
    this.#bins.forEach((times, index) => {
      if (times === 0) return;
      writer.whole(this.#first + index - last);
      writer.whole(times);
      last = this.#first + index;
    });
  }

  /** @throws RangeError for bytes that are no sketch */
  static read(reader: ByteReader): DdSketch {
    const sketch = new DdSketch();
    const zeros = reader.whole();
    const kept = { sum: reader.whole(), min: reader.whole(), max: reader.whole() };
    sketch.addBin(-1, zeros);
    let bin = 0;
    for (let filled = reader.whole(); filled > 0; filled--) {
      bin += reader.whole();
      if (bin > BINS_MAX) throw new RangeError("a sketch has no such bin");
      sketch.addBin(bin, reader.whole());
    }
    if (sketch.#count > 0) sketch.note(kept);
    return sketch;
  }

  #addBin(bin: number, times: number): void {
    const index = bin - this.#first;
    if (index < 0 || index >= this.#bins.length) this.#reach(bin);
    const place = bin - this.#first;
    this.#bins[place] = Math.min(BIN_COUNT_MAX, (this.#bins[place] as number) + times);
  }

  #reach(bin: number): void {
    const isEmpty = this.#bins.length === 0;
    const first = isEmpty ? bin : Math.min(bin, this.#first);
    const end = isEmpty ? bin + 1 : Math.max(bin + 1, this.#first + this.#bins.length);
    // Bins come one after the other; a little more at a time is moved less often.
    const from = Math.max(0, first - (first < this.#first ? GROW_BY : 0));
    const larger = new Uint32Array(end - from + GROW_BY);
    larger.set(this.#bins, isEmpty ? 0 : this.#first - from);
    this.#bins = larger;
    this.#first = from;
  }
}
