import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { CELLS_PER_BLOCK } from "./cells.ts";
import { DdSketch } from "./dd-sketch.ts";
import { HyperLogLog } from "./hyper-log-log.ts";
import type { MetricShape } from "./metric-shape.ts";
import { SpaceSaving } from "./space-saving.ts";

/** How many things are followed for each that is asked for. */
const FOLLOWED_FACTOR = 10;

/** What a series is made of that was there before. */
type Given = {
  readonly [K in "counts" | "sums" | "sketch" | "unique" | "top"]?: SeriesCounts[K] | undefined;
};

/** What was counted of one combination of values in one block. */
export class SeriesCounts {
  /** Of each cell. */
  readonly counts: Float64Array;
  /** Of each cell, for sums and latencies. */
  readonly sums: Float64Array | undefined;
  /** Of the block: it holds too much to be kept for each cell. */
  readonly sketch: DdSketch | undefined;
  readonly unique: HyperLogLog | undefined;
  readonly top: SpaceSaving | undefined;

  constructor({ value, wanted }: Pick<MetricShape, "value" | "wanted">, given: Given = {}) {
    const hasSums = value === "sum" || value === "latency";
    this.counts = given.counts ?? new Float64Array(CELLS_PER_BLOCK);
    this.sums = hasSums ? (given.sums ?? new Float64Array(CELLS_PER_BLOCK)) : undefined;
    this.sketch = value === "latency" ? (given.sketch ?? new DdSketch()) : undefined;
    this.unique = value === "unique" ? (given.unique ?? new HyperLogLog()) : undefined;
    this.top = value === "top" ? (given.top ?? new SpaceSaving(FOLLOWED_FACTOR * wanted)) : undefined;
  }

  get total(): number {
    return this.counts.reduce((total, count) => total + count, 0);
  }

  merge(other: SeriesCounts): void {
    addAll(this.counts, other.counts);
    if (this.sums !== undefined && other.sums !== undefined) addAll(this.sums, other.sums);
    if (other.sketch !== undefined) this.sketch?.merge(other.sketch);
    if (other.unique !== undefined) this.unique?.merge(other.unique);
    if (other.top !== undefined) this.top?.merge(other.top);
  }

  /** Puts all of its cells into the first one. */
  gather(): void {
    gather(this.counts);
    if (this.sums !== undefined) gather(this.sums);
  }

  write(writer: ByteWriter): void {
    let filled = 0;
    this.counts.forEach((count, cell) => {
      if (count > 0) filled |= 1 << cell;
    });
    writer.byte(filled);
    this.counts.forEach((count, cell) => {
      if (count === 0) return;
      writer.whole(count);
      if (this.sums !== undefined) writer.signed(this.sums[cell] as number);
    });
    this.sketch?.write(writer);
    this.unique?.write(writer);
    this.top?.write(writer);
  }

  /** @throws RangeError for bytes that are none */
  static read(reader: ByteReader, shape: MetricShape): SeriesCounts {
    const { value } = shape;
    const hasSums = value === "sum" || value === "latency";
    const counts = new Float64Array(CELLS_PER_BLOCK);
    const sums = hasSums ? new Float64Array(CELLS_PER_BLOCK) : undefined;
    const filled = reader.byte();
    for (let cell = 0; cell < CELLS_PER_BLOCK; cell++) {
      if ((filled & (1 << cell)) === 0) continue;
      counts[cell] = reader.whole();
      if (sums !== undefined) sums[cell] = reader.signed();
    }
    if (value === "count") return new SeriesCounts(shape, { counts });
    return new SeriesCounts(shape, {
      counts,
      sums,
      ...(value === "latency" ? { sketch: DdSketch.read(reader) } : {}),
      ...(value === "unique" ? { unique: HyperLogLog.read(reader) } : {}),
      ...(value === "top" ? { top: SpaceSaving.read(reader) } : {}),
    });
  }
}

function gather(cells: Float64Array): void {
  const total = cells.reduce((sum, amount) => sum + amount, 0);
  cells.fill(0);
  cells[0] = total;
}

function addAll(into: Float64Array, more: Float64Array): void {
  more.forEach((amount, index) => {
    into[index] = (into[index] as number) + amount;
  });
}
