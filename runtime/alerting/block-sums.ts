import type { AlertCondition } from "../../protocols/alert-settings.ts";
import type { BlockCounts } from "../counting/block-counts.ts";
import type { Counts } from "../counting/counts.ts";
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

/** What the records that meet all conditions come to, by block. A block of which nothing was counted is not there. Pure. */
export function sumsOf(counts: Counts, { metric, where }: Wanted): ReadonlyMap<number, BlockSum> {
  const sums = new Map<number, BlockSum>();
  counts.forEachBlock(metric, (number, block, shape) => {
    const matches = matcherOf(where, shape);
    // What was counted while the metric had no such dimension cannot be told apart by it.
    if (matches !== undefined) sums.set(number, sumOf(block, shape, matches));
  });
  return sums;
}

function sumOf(block: BlockCounts, shape: MetricShape, matches: (key: string) => boolean): BlockSum {
  const all = new SeriesCounts(shape);
  for (const [key, series] of block.series) if (matches(key)) all.merge(series);
  const sum = (all.sums?.reduce((total, part) => total + part, 0) ?? 0) / shape.scale;
  return { count: all.total, sum, sketch: all.sketch, unique: all.unique, scale: shape.scale };
}
