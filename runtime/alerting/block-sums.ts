import type { AlertCondition } from "../../protocols/alert-settings.ts";
import type { BlockCounts } from "../counting/block-counts.ts";
import type { DdSketch } from "../counting/dd-sketch.ts";
import type { HyperLogLog } from "../counting/hyper-log-log.ts";
import type { MetricShape } from "../counting/metric-shape.ts";
import { SeriesCounts } from "../counting/series-counts.ts";
import { matcherOf } from "./matches.ts";

/** What the records of one block come to that a rule looks at. */
export interface BlockSum {
  readonly count: number;
  /** In the unit of the metric. */
  readonly sum: number;
  readonly sketch: DdSketch | undefined;
  readonly unique: HyperLogLog | undefined;
  /** By which the numbers of the sketch are divided. */
  readonly scale: number;
}

/** Which records are summed up. */
export interface Wanted {
  readonly metric: string;
  readonly where: readonly AlertCondition[];
}

/** Adds up the records that meet all conditions, block by block, of as many partitions as there are. */
export class BlockSums {
  readonly #where: readonly AlertCondition[];
  readonly #sums = new Map<number, BlockSum>();

  constructor({ where }: Pick<Wanted, "where">) {
    this.#where = where;
  }

  /** Of a block; undefined where nothing was counted. */
  at(number: number): BlockSum | undefined {
    return this.#sums.get(number);
  }

  /** Adds what was counted in a block. */
  add(number: number, block: BlockCounts, shape: MetricShape): void {
    const matches = matcherOf(this.#where, shape);
    // What was counted while the metric had no such dimension cannot be told apart by it.
    if (matches === undefined) return;
    const before = this.#sums.get(number);
    const more = sumOf(block, shape, matches);
    this.#sums.set(number, before === undefined ? more : together(before, more));
  }
}

function sumOf(block: BlockCounts, shape: MetricShape, matches: (key: string) => boolean): BlockSum {
  const all = new SeriesCounts(shape);
  for (const [key, series] of block.series) if (matches(key)) all.merge(series);
  const sum = (all.sums?.reduce((total, part) => total + part, 0) ?? 0) / shape.scale;
  return { count: all.total, sum, sketch: all.sketch, unique: all.unique, scale: shape.scale };
}

function together(before: BlockSum, more: BlockSum): BlockSum {
  if (more.sketch !== undefined) before.sketch?.merge(more.sketch);
  if (more.unique !== undefined) before.unique?.merge(more.unique);
  return {
    count: before.count + more.count,
    sum: before.sum + more.sum,
    sketch: before.sketch ?? more.sketch,
    unique: before.unique ?? more.unique,
    scale: before.sketch === undefined ? more.scale : before.scale,
  };
}
