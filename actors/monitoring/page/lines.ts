import { pointsIn } from "./stats.ts";
import type { Point, Stats } from "./stats.ts";

// Pure: percentiles over time, with a gap where nothing was counted.

/** The percentiles that are shown, as answers name them. */
export const QUANTILES = ["0.5", "0.9", "0.99"] as const;
export type Quantile = (typeof QUANTILES)[number];

/** A point with its percentiles in seconds; none where nothing was counted. */
export interface Latency extends Point {
  readonly seconds: Readonly<Record<Quantile, number | undefined>>;
}

/** The percentiles of each point. */
export function latenciesOf(stats: Stats): readonly Latency[] {
  const quantiles = stats.series[0]?.quantiles;
  return pointsIn(stats).map((point, index) => {
    const of = (quantile: Quantile): number | undefined => quantiles?.[quantile]?.[index] ?? undefined;
    return { ...point, seconds: { "0.5": of("0.5"), "0.9": of("0.9"), "0.99": of("0.99") } };
  });
}

/** A stretch of a line without a gap. */
export interface Stretch {
  readonly isOpen: boolean;
  /** The middle of each point, and its value. */
  readonly dots: readonly { readonly atMs: number; readonly value: number }[];
}

/** A line as stretches: it breaks where there is no value, and where it begins to be provisional. */
export function stretchesOf(latencies: readonly Latency[], quantile: Quantile): readonly Stretch[] {
  const stretches: { isOpen: boolean; dots: { atMs: number; value: number }[] }[] = [];
  let current: (typeof stretches)[number] | undefined = undefined;
  for (const { fromMs, toMs, isOpen, seconds } of latencies) {
    const value = seconds[quantile];
    if (value === undefined) {
      current = undefined;
      continue;
    }
    if (current === undefined || current.isOpen !== isOpen) {
      // What is provisional hangs on what is final.
      const last: readonly { atMs: number; value: number }[] = current?.dots.slice(-1) ?? [];
      current = { isOpen, dots: [...last] };
      stretches.push(current);
    }
    current.dots.push({ atMs: (fromMs + toMs) / 2, value });
  }
  return stretches;
}
