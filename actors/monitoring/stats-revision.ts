import type { StatsAnswer } from "./stats-answer.ts";

type AnswerSeries = StatsAnswer["series"][number];

/** What has changed between two answers to the same question: the whole of the first, then only the points that are new or different. Undefined when nothing has. Pure. */
export function revisionOf(before: StatsAnswer | undefined, now: StatsAnswer): StatsAnswer | undefined {
  if (before === undefined) return now;
  const known = new Map(before.times.map((time, point) => [time, pointText(before, point)]));
  const changed = now.times.flatMap((time, point) =>
    known.get(time) === pointText(now, point) ? [] : [point],
  );
  if (changed.length === 0 && factsOf(before) === factsOf(now)) return undefined;
  const pick = <T>(list: readonly T[]): T[] => changed.map((point) => list[point] as T);
  return {
    ...now,
    times: pick(now.times),
    ...(now.index === undefined ? {} : { index: pick(now.index) }),
    series: now.series.map((series) => picked(series, pick)),
  };
}

function picked(series: AnswerSeries, pick: <T>(list: readonly T[]) => T[]): AnswerSeries {
  const { count, sum, quantiles, unique } = series;
  return {
    ...series,
    count: pick(count),
    ...(sum === undefined ? {} : { sum: pick(sum) }),
    ...(unique === undefined ? {} : { unique: pick(unique) }),
    ...(quantiles === undefined
      ? {}
      : {
          quantiles: Object.fromEntries(
            Object.entries(quantiles).map(([share, list]) => [share, pick(list)]),
          ),
        }),
  };
}

function pointText({ series }: StatsAnswer, point: number): string {
  return JSON.stringify(
    series.flatMap(({ values, count, sum, quantiles, unique }) => {
      const counted = count[point] ?? null;
      if (counted === null || counted === 0) return [];
      const shares = Object.values(quantiles ?? {}).map((list) => list[point]);
      return [[values, counted, sum?.[point], unique?.[point], ...shares]];
    }),
  );
}

/** What may change without any point. */
function factsOf({ rev, completeness, provisionalFrom, laggards, folded }: StatsAnswer): string {
  return JSON.stringify([rev, completeness, provisionalFrom, laggards, folded]);
}
