import type { BodyOf } from "../../runtime/net/route.ts";
import { STATS_ANSWER_FIELDS } from "../../protocols/stats.ts";
import { CELL_MS } from "../../runtime/counting/cells.ts";
import type { Counts } from "../../runtime/counting/counts.ts";
import { QUANTILE_ERROR } from "../../runtime/counting/dd-sketch.ts";
import { UNIQUE_ERROR } from "../../runtime/counting/hyper-log-log.ts";
import type { MetricShape } from "../../runtime/counting/metric-shape.ts";
import { completeness, overall } from "../../runtime/counting/watermark.ts";
import type { PartitionView } from "../../runtime/counting/watermark.ts";
import { columnsOf } from "./stats-columns.ts";
import type { Columns } from "./stats-columns.ts";
import type { StatsQuestion } from "./stats-question.ts";

type Column = Columns["columns"][number];
/** What was counted, as it is answered. */
export type StatsAnswer = BodyOf<typeof STATS_ANSWER_FIELDS>;
type AnswerSeries = StatsAnswer["series"][number];

/** What all partitions have said. */
export interface Counted {
  readonly counts: Counts;
  readonly partitions: readonly PartitionView[];
}

/** Answers a question from what the partitions have counted; `fallback` is the shape of a metric of which nothing is counted yet. Pure. */
export function statsAnswer(
  question: StatsQuestion,
  { counts, partitions }: Counted,
  { nowMs, shape: fallback }: { readonly nowMs: number; readonly shape: MetricShape },
): StatsAnswer {
  const { points, metric, stepText, tz, days, top } = question;
  const { columns, folded, revisions, shape = fallback } = columnsOf(counts, question);
  const shown = shape.value === "top" && question.by.length === 0 ? columns : columns.slice(0, top);
  const watermarkMs = overall(partitions, nowMs);
  const mark = watermarkMs ?? null;
  const series = shown.map((column) => seriesOf(column, shape, question));
  return {
    metric,
    value: shape.value,
    from: points.starts[0] ?? points.endMs,
    to: points.endMs,
    step: stepText,
    ...(tz === undefined ? {} : { tz }),
    times: [...points.starts],
    ...(tz === undefined || stepText !== "180"
      ? {}
      : { index: points.starts.map((start) => days.indexOf(start)) }),
    series,
    more: columns.length - shown.length,
    rev: revisions,
    // Nobody can be complete up to now: whoever is no cell behind is.
    completeness: completeness(partitions, Math.min(points.endMs, nowMs - CELL_MS), nowMs),
    watermark: mark,
    provisionalFrom: provisionalFrom(question, mark),
    laggards: laggardsOf(partitions),
    folded,
    error: errorOf(shape, series),
  };
}

/** The first point that ends after the watermark. */
function provisionalFrom({ points }: StatsQuestion, watermark: number | null): number | null {
  const ends = [...points.starts.slice(1), points.endMs];
  const first = ends.findIndex((end) => watermark === null || end > watermark);
  return first < 0 ? null : (points.starts[first] ?? null);
}

function laggardsOf(partitions: readonly PartitionView[]): StatsAnswer["laggards"] {
  return partitions
    .filter(({ state }) => state === "stalled" || state === "lagging")
    .map(({ id, state, lagMs }) => ({ partition: id, state, ...(lagMs === undefined ? {} : { lagMs }) }));
}

function seriesOf(column: Column, shape: MetricShape, question: StatsQuestion): AnswerSeries {
  const { fill, quantiles, top } = question;
  const filled = (value: (point: number) => number | undefined): (number | null)[] =>
    Array.from(column.counts, (count, point) => (count > 0 ? (value(point) ?? fill) : fill));
  const { whole } = column;
  return {
    values: column.values,
    total: column.total,
    count: filled((point) => column.counts[point]),
    ...(whole.sums === undefined ? {} : { sum: filled((point) => (column.sums[point] ?? 0) / shape.scale) }),
    ...(whole.sketch === undefined || quantiles.length === 0
      ? {}
      : { quantiles: quantilesOf(column, shape, { quantiles, filled }) }),
    ...(whole.unique === undefined
      ? {}
      : {
          unique: filled((point) => column.points.get(point)?.unique?.estimate()),
          uniqueTotal: whole.unique.estimate(),
        }),
    ...(whole.top === undefined ? {} : { top: whole.top.top(top) }),
  };
}

interface Filling {
  readonly quantiles: readonly number[];
  readonly filled: (value: (point: number) => number | undefined) => (number | null)[];
}

function quantilesOf(
  { points }: Column,
  { scale }: MetricShape,
  { quantiles, filled }: Filling,
): Record<string, (number | null)[]> {
  const lists = quantiles.map((share) => {
    const list = filled((point) => {
      const value = points.get(point)?.sketch?.quantile(share);
      return value === undefined ? undefined : value / scale;
    });
    return [String(share), list] as const;
  });
  return Object.fromEntries(lists);
}

function errorOf({ value }: MetricShape, series: readonly AnswerSeries[]): StatsAnswer["error"] {
  if (value === "latency") return { quantile: QUANTILE_ERROR };
  if (value === "unique") return { unique: UNIQUE_ERROR };
  if (value !== "top") return {};
  return { topk: Math.max(0, ...series.flatMap(({ top = [] }) => top.map(({ error }) => error))) };
}
