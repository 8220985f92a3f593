import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { CELLS_PER_BLOCK } from "./cells.ts";
import { DdSketch } from "./dd-sketch.ts";
import { HyperLogLog } from "./hyper-log-log.ts";
import type { MetricShape } from "./metric-shape.ts";
import { SpaceSaving } from "./space-saving.ts";

/** How many things are followed for each that is asked for. */
const FOLLOWED_FACTOR = 10;

/** What was counted of one combination of values in one block. */
export class SeriesCounts {
  /** Of each cell. */
  readonly counts = new Float64Array(CELLS_PER_BLOCK);
  /** Of each cell, for sums and latencies. */
  readonly sums: Float64Array | undefined;
  /** Of the block: it holds too much to be kept for each cell. */
  readonly sketch: DdSketch | undefined;
  readonly unique: HyperLogLog | undefined;
  readonly top: SpaceSaving | undefined;

  constructor({ value, wanted }: Pick<MetricShape, "value" | "wanted">, given: Partial<SeriesCounts> = {}) {
    const hasSums = value === "sum" || value === "latency";
    this.sums = hasSums ? new Float64Array(CELLS_PER_BLOCK) : undefined;
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
    const counts: number[] = [];
    const sums: number[] = [];
    const filled = reader.byte();
    for (let cell = 0; cell < CELLS_PER_BLOCK; cell++) {
      const isFilled = (filled & (1 << cell)) !== 0;
      counts.push(isFilled ? reader.whole() : 0);
      sums.push(isFilled && hasSums ? reader.signed() : 0);
    }
    const read = new SeriesCounts(shape, {
      ...(value === "latency" ? { sketch: DdSketch.read(reader) } : {}),
      ...(value === "unique" ? { unique: HyperLogLog.read(reader) } : {}),
      ...(value === "top" ? { top: SpaceSaving.read(reader) } : {}),
    });
    read.counts.set(counts);
    read.sums?.set(sums);
    return read;
  }
}

function addAll(into: Float64Array, more: Float64Array): void {
  more.forEach((amount, index) => {
    into[index] = (into[index] as number) + amount;
  });
}
