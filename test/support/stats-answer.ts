import type { Series, Stats } from "../../actors/monitoring/page/stats.ts";

/** An answer as the operators' port gives it, with what a test cares about. */
export function statsAnswer(parts: Partial<Stats>): Stats {
  return {
    metric: "requests",
    value: "count",
    from: 0,
    to: 0,
    step: "30",
    times: [],
    series: [],
    more: 0,
    rev: 0,
    completeness: 1,
    watermark: null,
    provisionalFrom: null,
    laggards: [],
    folded: 0,
    generation: "",
    generations: [],
    error: {},
    ...parts,
  };
}

/** One combination of values with its counts. */
export function statsSeries(values: Readonly<Record<string, string>>, count: (number | null)[]): Series {
  return { values, count, total: count.reduce<number>((sum, one) => sum + (one ?? 0), 0) };
}
