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

/** Counts of any number of metrics, in blocks. The same records, in any order, give the same bytes as long as no budget is exceeded. */
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

  /** Adds counts. What changes in a block before `closedBefore` is a revision of it. */
  add(more: Counts, closedBefore = 0): void {
    for (const { shape, blocks } of more.#metrics.values()) {
      for (const number of [...blocks.keys()].sort((a, b) => a - b)) {
        const block = this.block(shape, number);
        block.merge(more.block(shape, number), shape);
        if (number < closedBefore) block.revisions++;
      }
    }
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

  /** Visits the blocks of a metric, whatever shapes it has had. */
  forEachBlock(
    metric: string,
    visit: (number: number, block: BlockCounts, shape: MetricShape) => void,
  ): void {
    for (const { shape, blocks } of this.#metrics.values()) {
      if (shape.name !== metric) continue;
      for (const [number, block] of blocks) {
        visit(number, block instanceof BlockCounts ? block : BlockCounts.decode(block, shape), shape);
      }
    }
  }

  /** Whether anything is before a block. */
  hasBefore(before: number): boolean {
    return this.blocks().some(([, numbers]) => numbers.some((number) => number < before));
  }

  /** Takes out what is before a block. */
  takeBefore(before: number): Counts {
    const taken = new Counts();
    for (const { shape, blocks } of this.#metrics.values()) {
      for (const [number, block] of blocks) {
        if (number < before) taken.#metric(shape).blocks.set(number, block);
      }
    }
    this.#forget(before);
    return taken;
  }

  /** The same counts in quarters of an hour: each stands where its first block would. */
  quarters({ from, to }: BlockRange, metric: string): Counts {
    const quarters = new Counts();
    this.forEachBlock(metric, (number, block, shape) => {
      if (number < from || number >= to) return;
      const first = number - (number % BLOCKS_PER_QUARTER);
      quarters.block(shape, first).merge(block.coarse(shape), shape);
    });
    return quarters;
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
