import { BLOCK_MS, blockOf, QUARTER_MS } from "./cells.ts";
import { BlockCounts } from "./block-counts.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { readShape, shapeKey, writeShape } from "./metric-shape.ts";
import type { MetricShape } from "./metric-shape.ts";

/** The counts of one metric: blocks in which something still happens as they are, the others as bytes. */
interface MetricCounts {
  shape: MetricShape;
  readonly blocks: Map<number, BlockCounts | Uint8Array>;
}

/** A stretch of blocks: from one on, up to another that is not in it. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** The blocks that a stretch of time touches. Pure. */
export function rangeOf(fromMs: number, toMs: number): BlockRange {
  return { from: blockOf(fromMs), to: blockOf(toMs + BLOCK_MS - 1) };
}

/** Blocks of a quarter of an hour. */
export const BLOCKS_PER_QUARTER = QUARTER_MS / BLOCK_MS;
const EVERYTHING: BlockRange = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Counts of any number of metrics, in blocks. The same records, in any order, give the same bytes as long as no budget is exceeded; what was counted once keeps its values wherever it goes. */
export class Counts {
  readonly #metrics = new Map<string, MetricCounts>();

  get isEmpty(): boolean {
    return this.#metrics.size === 0;
  }

  /** A block of a metric, a new one unless there is one. */
  block(shape: MetricShape, number: number): BlockCounts {
    const metric = this.#metric(shape);
    const present = metric.blocks.get(number);
    if (present instanceof BlockCounts) return present;
    const block = present === undefined ? new BlockCounts() : BlockCounts.decode(present, shape);
    metric.blocks.set(number, block);
    return block;
  }

  /** Adds counts that were encoded. @throws RangeError for bytes that are none */
  merge(bytes: Uint8Array): void {
    this.add(Counts.decode(bytes));
  }

  /** Adds counts. */
  add(more: Counts): void {
    for (const { shape, blocks } of more.#metrics.values()) {
      for (const number of blocks.keys()) this.block(shape, number).add(more.block(shape, number), shape);
    }
  }

  /** Counts what is new, such as a batch, within the budgets of its shapes: what changes in a block before `closedBefore` is a revision of it, and what was frequent in one has slots in the next. */
  count(batch: Counts, closedBefore: number): void {
    for (const { shape, blocks } of batch.#metrics.values()) {
      for (const number of [...blocks.keys()].sort((a, b) => a - b)) {
        const known = this.#metric(shape).blocks;
        const isNew = !known.has(number);
        const block = this.block(shape, number);
        if (isNew && known.has(number - 1)) block.reserveAfter(this.#blockOf(shape, number - 1), shape);
        block.count(batch.block(shape, number), shape);
        if (number < closedBefore) block.revisions++;
      }
    }
  }

  /** The blocks of a stretch, of all metrics or of one, as bytes. */
  packed({ from, to }: BlockRange = EVERYTHING, metric?: string): Counts {
    const packed = this.#taking(
      (number, { name }) => number >= from && number < to && (metric === undefined || name === metric),
    );
    packed.pack(to);
    return packed;
  }

  /** Keeps of one block only the series from a key on, up to another that is not among them. */
  narrow(number: number, from: string, to?: string): void {
    for (const { shape, blocks } of this.#metrics.values()) {
      if (!blocks.has(number)) continue;
      const part = this.#blockOf(shape, number).between(from, to);
      if (part.series.size + part.revisions > 0) blocks.set(number, part.encode());
      else blocks.delete(number);
    }
  }

  /** How many bytes each block takes that is kept as bytes: a block comes once for each shape that it has. */
  *sizes(): Iterable<readonly [number: number, bytes: number]> {
    for (const { blocks } of this.#metrics.values()) {
      for (const [number, block] of blocks) if (!(block instanceof BlockCounts)) yield [number, block.length];
    }
  }

  /** How many bytes all blocks take that are kept as bytes. */
  get packedBytes(): number {
    let sum = 0;
    for (const [, bytes] of this.sizes()) sum += bytes;
    return sum;
  }

  /** The keys of the series of a block, whatever shapes it has. */
  keysAt(number: number): string[] {
    return Array.from(this.#metrics.values(), ({ shape }) => shape).flatMap((shape) => [
      ...this.#blockOf(shape, number).series.keys(),
    ]);
  }

  /** What has been counted, all of it or a part, in few bytes. */
  encode({ from, to }: BlockRange = EVERYTHING, metric?: string): Uint8Array {
    const writer = new ByteWriter();
    const keys = [...this.#metrics.keys()].sort();
    for (const key of keys) {
      const { shape, blocks } = this.#metrics.get(key) as MetricCounts;
      if (metric !== undefined && shape.name !== metric) continue;
      const numbers = [...blocks.keys()].filter((number) => number >= from && number < to);
      if (numbers.length === 0) continue;
      writeShape(writer, shape);
      writer.whole(numbers.length);
      for (const number of numbers.sort((a, b) => a - b)) {
        const block = blocks.get(number) as BlockCounts | Uint8Array;
        writer.whole(number);
        writer.raw(block instanceof BlockCounts ? block.encode() : block);
      }
    }
    return writer.done();
  }

  /** @throws RangeError for bytes that are none */
  static decode(bytes: Uint8Array): Counts {
    const counts = new Counts();
    const reader = new ByteReader(bytes);
    while (!reader.isAtEnd) {
      const { blocks } = counts.#metric(readShape(reader));
      for (let left = reader.whole(); left > 0; left--) blocks.set(reader.whole(), reader.raw());
    }
    return counts;
  }

  /** Decodes every block, so that nothing can go wrong with any of them later. @throws RangeError for bytes that are none */
  unpack(): void {
    for (const { shape, blocks } of this.#metrics.values()) {
      for (const number of blocks.keys()) this.block(shape, number);
    }
  }

  /** The blocks of a metric, whatever shapes it has had, one after the other: each is decoded when it is asked for, and not kept so. */
  *blocksOf(
    metric: string,
  ): Iterable<readonly [number: number, decode: () => BlockCounts, shape: MetricShape]> {
    for (const { shape, blocks } of this.#metrics.values()) {
      if (shape.name !== metric) continue;
      for (const number of blocks.keys()) yield [number, () => this.#blockOf(shape, number), shape];
    }
  }

  /** Visits the blocks of a metric, whatever shapes it has had. */
  forEachBlock(
    metric: string,
    visit: (number: number, block: BlockCounts, shape: MetricShape) => void,
  ): void {
    for (const [number, decode, shape] of this.blocksOf(metric)) visit(number, decode(), shape);
  }

  /** Takes out what is before a block. */
  takeBefore(before: number): Counts {
    const taken = this.#taking((number) => number < before);
    this.#forget(before);
    return taken;
  }

  /** The counts of one metric alone. */
  of(metric: string): Counts {
    return this.#taking((_number, shape) => shape.name === metric);
  }

  /** From the first block of all to behind the last one; undefined where there is none. */
  range(): BlockRange | undefined {
    let [from, to] = [Number.POSITIVE_INFINITY, 0];
    for (const [, numbers] of this.blocks()) {
      for (const number of numbers) {
        from = Math.min(from, number);
        to = Math.max(to, number + 1);
      }
    }
    return to === 0 ? undefined : { from, to };
  }

  /** The same counts, in which different values are not told apart more finely than is kept of blocks. */
  lowered(): Counts {
    const lowered = new Counts();
    for (const { shape, blocks } of this.#metrics.values()) {
      for (const [number, block] of blocks) {
        const kept = shape.value === "unique" ? this.block(shape, number).lowered(shape) : block;
        lowered.#metric(shape).blocks.set(number, kept);
      }
    }
    return lowered;
  }

  /** The same counts in longer stretches: each stands where the block is that begins it, without its cells. */
  grouped(beginOf: (block: number) => number): Counts {
    const grouped = new Counts();
    for (const { shape, blocks } of this.#metrics.values()) {
      for (const number of blocks.keys()) {
        grouped.block(shape, beginOf(number)).countCoarsely(this.#blockOf(shape, number), shape);
      }
    }
    return grouped;
  }

  /** The same counts divided by something that follows from the block: in the order of the first of each. */
  splitBy(nameOf: (block: number) => string): readonly (readonly [name: string, counts: Counts])[] {
    const first = new Map<string, number>();
    for (const [, numbers] of this.blocks()) {
      for (const number of numbers) {
        const name = nameOf(number);
        first.set(name, Math.min(number, first.get(name) ?? number));
      }
    }
    const names = [...first].sort(([, a], [, b]) => a - b);
    return names.map(([name]) => [name, this.#taking((number) => nameOf(number) === name)] as const);
  }

  /** The same counts as encoded parts of at most so many bytes, as far as they can be divided: by blocks, then by series. */
  divided(bytesMax: number): Uint8Array[] {
    const bytes = this.encode();
    const halves = bytes.length <= bytesMax ? undefined : this.#halves();
    return halves === undefined ? [bytes] : halves.flatMap((half) => half.divided(bytesMax));
  }

  /** The names of the metrics of which there are counts, each once. */
  metrics(): string[] {
    return [...new Set(Array.from(this.#metrics.values(), ({ shape }) => shape.name))].sort();
  }

  /** Each metric with the numbers of its blocks. */
  blocks(): readonly (readonly [metric: string, numbers: readonly number[]])[] {
    return Array.from(
      this.#metrics.values(),
      ({ shape, blocks }) => [shape.name, [...blocks.keys()]] as const,
    );
  }

  /** Keeps blocks as bytes in which little will happen: they take a tenth of the memory. */
  pack(before: number): void {
    for (const { blocks } of this.#metrics.values()) {
      for (const [number, block] of blocks) {
        if (number < before && block instanceof BlockCounts) blocks.set(number, block.encode());
      }
    }
  }

  #blockOf(shape: MetricShape, number: number): BlockCounts {
    const block = this.#metric(shape).blocks.get(number) ?? new BlockCounts();
    return block instanceof BlockCounts ? block : BlockCounts.decode(block, shape);
  }

  #taking(isWanted: (number: number, shape: MetricShape) => boolean): Counts {
    const taken = new Counts();
    for (const [key, { shape, blocks }] of this.#metrics) {
      const wanted = [...blocks].filter(([number]) => isWanted(number, shape));
      if (wanted.length > 0) taken.#metrics.set(key, { shape, blocks: new Map(wanted) });
    }
    return taken;
  }

  #halves(): readonly [Counts, Counts] | undefined {
    const { from, to } = this.range() ?? { from: 0, to: 0 };
    const middle = from + Math.ceil((to - from) / 2);
    if (to - from > 1) {
      return [this.#taking((number) => number < middle), this.#taking((number) => number >= middle)];
    }
    const [first, second] = [new Counts(), new Counts()];
    for (const { shape } of this.#metrics.values()) {
      const block = this.#blockOf(shape, from);
      const [one, other] = block.halves() ?? [block, undefined];
      first.#metric(shape).blocks.set(from, one);
      if (other !== undefined) second.#metric(shape).blocks.set(from, other);
    }
    return second.isEmpty ? undefined : [first, second];
  }

  #forget(before: number): void {
    for (const [key, { blocks }] of this.#metrics) {
      for (const number of blocks.keys()) if (number < before) blocks.delete(number);
      if (blocks.size === 0) this.#metrics.delete(key);
    }
  }

  #metric(shape: MetricShape): MetricCounts {
    const key = shapeKey(shape);
    const present = this.#metrics.get(key);
    if (present !== undefined) {
      // Its limits are those of the latest settings.
      present.shape = shape;
      return present;
    }
    const added: MetricCounts = { shape, blocks: new Map() };
    this.#metrics.set(key, added);
    return added;
  }
}
