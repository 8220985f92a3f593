import type { BodyOf } from "../../runtime/net/route.ts";
import { STATS_ANSWER_FIELDS } from "../../protocols/stats.ts";
import { CELL_MS, QUARTER_MS } from "../../runtime/counting/cells.ts";
import { QUANTILE_ERROR } from "../../runtime/counting/dd-sketch.ts";
import type { MetricShape } from "../../runtime/counting/metric-shape.ts";
import { blocksFromMs, keptFromMs } from "../../runtime/counting/pages.ts";
import { completeness, overall } from "../../runtime/counting/watermark.ts";
import type { PartitionView } from "../../runtime/counting/watermark.ts";
import { GivingWay } from "../../runtime/time/giving-way.ts";
import type { Gathered, Gathering, Shown } from "./gather-stats.ts";
import type { StatsQuestion } from "./stats-question.ts";

/** What was counted, as it is answered. */
export type StatsAnswer = BodyOf<typeof STATS_ANSWER_FIELDS>;
type AnswerSeries = StatsAnswer["series"][number];

/** Answers a question from what was gathered for it. */
export async function statsAnswer(gathering: Gathering, gathered: Gathered): Promise<StatsAnswer> {
  const { question, nowMs, shape } = gathering;
  const { points, metric, stepText, tz, days } = question;
  const { columns, partitions, folded, revisions } = gathered;
  const mark = overall(partitions, nowMs) ?? null;
  // Where nobody is awaited up to any time, what is over changes no more.
  const isAwaitingNone = completeness(partitions, Number.POSITIVE_INFINITY, nowMs) === 1;
  const way = new GivingWay();
  const series: AnswerSeries[] = [];
  for (const column of columns) series.push(await seriesOf(column, { question, shape }, way));
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
    more: gathered.series - columns.length,
    rev: revisions,
    // Nobody can be complete up to now: whoever is no cell behind is.
    completeness: completeness(partitions, Math.min(points.endMs, nowMs - CELL_MS), nowMs),
    watermark: mark,
    provisionalFrom: provisionalFrom(question, isAwaitingNone ? nowMs - CELL_MS : mark),
    laggards: laggardsOf(partitions),
    folded,
    generation: shape.generation,
    generations: generationsOf(gathered),
    ...keptFrom(gathering),
    ...exactFrom(gathering),
    error: errorOf(shape, gathered, series),
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

function generationsOf({ generations }: Gathered): StatsAnswer["generations"] {
  const inOrder = [...generations].sort(([, a], [, b]) => a - b);
  return inOrder.map(([generation, from]) => ({ generation, from }));
}

function keptFrom({ question, nowMs, keepsDays }: Gathering): { keptFrom?: number } {
  const { points, step } = question;
  const kept = keptFromMs(nowMs);
  const isLost = (points.starts[0] ?? points.endMs) < kept && !(step === "day" && keepsDays);
  return isLost ? { keptFrom: kept } : {};
}

/** Points that are shorter than a quarter of an hour are not told apart for ever. */
function exactFrom({ question: { points, step }, nowMs }: Gathering): { exactFrom?: number } {
  const exact = blocksFromMs(nowMs);
  const isCoarse = step !== "day" && step < QUARTER_MS && (points.starts[0] ?? points.endMs) < exact;
  return isCoarse ? { exactFrom: exact } : {};
}

interface Asked {
  readonly question: StatsQuestion;
  readonly shape: MetricShape;
}

async function seriesOf(column: Shown, { question, shape }: Asked, way: GivingWay): Promise<AnswerSeries> {
  const { fill, quantiles, top } = question;
  const filled = (value: (point: number) => number | undefined): (number | null)[] =>
    Array.from(column.counts, (count, point) => (count > 0 ? (value(point) ?? fill) : fill));
  const hasSums = shape.value === "sum" || shape.value === "latency";
  const shares: [string, (number | null)[]][] = [];
  for (const share of quantiles) {
    await way.pause();
    shares.push([String(share), filled((point) => quantileOf(column, { point, share }, shape))]);
  }
  await way.pause();
  const hasQuantiles = shape.value === "latency" && shares.length > 0;
  return {
    values: column.values,
    total: column.total,
    count: filled((point) => column.counts[point]),
    ...(hasSums ? { sum: filled((point) => (column.sums[point] ?? 0) / shape.scale) } : {}),
    ...(hasQuantiles ? { quantiles: Object.fromEntries(shares) } : {}),
    ...(column.unique === undefined
      ? {}
      : {
          unique: filled((point) => column.uniques.get(point)?.estimate()),
          uniqueTotal: column.unique.estimate(),
        }),
    ...(column.top === undefined ? {} : { top: column.top.top(top) }),
  };
}

function quantileOf(
  { sketches }: Shown,
  { point, share }: { readonly point: number; readonly share: number },
  { scale }: MetricShape,
): number | undefined {
  const value = sketches.get(point)?.quantile(share);
  return value === undefined ? undefined : value / scale;
}

function errorOf(
  { value }: MetricShape,
  { columns }: Gathered,
  series: readonly AnswerSeries[],
): StatsAnswer["error"] {
  if (value === "latency") return { quantile: QUANTILE_ERROR };
  if (value === "unique") {
    const errors = columns.flatMap(({ uniques }) => Array.from(uniques.values(), ({ error }) => error));
    return { unique: errors.reduce((most, error) => Math.max(most, error), 0) };
  }
  if (value !== "top") return {};
  return { topk: Math.max(0, ...series.flatMap(({ top = [] }) => top.map(({ error }) => error))) };
}
