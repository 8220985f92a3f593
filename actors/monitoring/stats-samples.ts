import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import type { Sample } from "../../runtime/telemetry/metrics.ts";
import type { StatsAnswer } from "./stats-answer.ts";

// Pure: what was counted, as numbers with labels for whoever collects numbers.

/** A dimension with more values than this is no label: whoever collects numbers keeps each combination for good. */
const LABEL_BUDGET_MAX = 50;
/** Labels of their own. */
const TAKEN: readonly string[] = ["metric", "quantile", "source", "le"];

/** Which dimensions of a metric are labels, and how these are called. */
export function labelsOf({ dimensions }: MetricDefinition): ReadonlyMap<string, string> {
  const few = dimensions.filter(({ budget }) => budget <= LABEL_BUDGET_MAX);
  const labels = new Map<string, string>();
  for (const { name } of few) {
    const plain = name.replaceAll(/\W/g, "_");
    const label = TAKEN.includes(plain) || /^(__|\d)/.test(plain) ? `dimension_${plain}` : plain;
    // Two that come to the same label cannot both be one.
    if (![...labels.values()].includes(label)) labels.set(name, label);
  }
  return labels;
}

/** What was counted of a metric lately, and which of its dimensions are labels. */
export interface CountedLately {
  readonly answer: StatsAnswer;
  readonly labels: ReadonlyMap<string, string>;
}

/** A number of one series at one point; undefined where it has none. */
type NumberAt = (series: StatsAnswer["series"][number], point: number) => number | null | undefined;

/** One number of each series in the last block that is final; nothing where none is. */
export function finalBlock({ answer, labels }: CountedLately, numberAt: NumberAt): readonly Sample[] {
  const point = finalPoint(answer);
  if (point === undefined) return [];
  return answer.series.flatMap((series) => {
    const value = numberAt(series, point);
    if (value === null || value === undefined) return [];
    return [{ value, labels: { metric: answer.metric, ...labelled(series.values, labels) } }];
  });
}

/** The quantiles of each series in the last block that is final. */
export function finalQuantiles(lately: CountedLately): readonly Sample[] {
  const shares = Object.keys(lately.answer.series[0]?.quantiles ?? {});
  return shares.flatMap((quantile) =>
    finalBlock(lately, ({ quantiles }, point) => quantiles?.[quantile]?.[point]).map(({ value, labels }) => ({
      value,
      labels: { ...labels, quantile },
    })),
  );
}

/** When the last block began that is final, in seconds since 1970. */
export function finalBegin({ answer }: CountedLately): readonly Sample[] {
  const point = finalPoint(answer);
  const beganMs = point === undefined ? undefined : answer.times[point];
  return beganMs === undefined ? [] : [{ value: beganMs / 1_000, labels: { metric: answer.metric } }];
}

function finalPoint({ times, provisionalFrom }: StatsAnswer): number | undefined {
  const point = times.findLastIndex((fromMs) => provisionalFrom === null || fromMs < provisionalFrom);
  return point < 0 ? undefined : point;
}

function labelled(
  values: Readonly<Record<string, string>>,
  labels: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries([...labels].map(([name, label]) => [label, values[name] ?? ""]));
}

/** What one partition says of itself. */
export interface PartitionAccount {
  readonly partition: string;
  readonly state: string;
  readonly lagMs?: number;
}

/** How many partitions of each source stand how. */
export function statesOf(accounts: readonly PartitionAccount[]): readonly Sample[] {
  return bySource(accounts).flatMap(([source, own]) =>
    [...new Set(own.map(({ state }) => state))].map((state) => ({
      value: own.filter((account) => account.state === state).length,
      labels: { source, state },
    })),
  );
}

/** How far the last partition of each source is behind, in seconds. */
export function lagsOf(accounts: readonly PartitionAccount[]): readonly Sample[] {
  return bySource(accounts).map(([source, own]) => ({
    value: Math.max(0, ...own.map(({ lagMs = 0 }) => lagMs)) / 1_000,
    labels: { source },
  }));
}

function bySource(accounts: readonly PartitionAccount[]): readonly [string, PartitionAccount[]][] {
  const sources = new Map<string, PartitionAccount[]>();
  for (const account of accounts) {
    const source = account.partition.slice(0, account.partition.indexOf("/"));
    sources.set(source, [...(sources.get(source) ?? []), account]);
  }
  return [...sources];
}
