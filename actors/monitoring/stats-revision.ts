import type { StatsAnswer } from "./stats-answer.ts";

type AnswerSeries = StatsAnswer["series"][number];

/**
 * What has changed between two answers to the same question: only the points that are new or different. A point that is sent is whole: a series that has nothing in any of them is
 * left out. Undefined when nothing has changed. Pure.
 */
export function revisionOf(before: StatsAnswer, now: StatsAnswer): StatsAnswer | undefined {
  const known = seriesByValues(before);
  const changed = changedPoints(before, now, known);
  const series = now.series.filter(
    (one) =>
      changed.some((point) => isCounted(one.count[point])) || hasOtherFacts(one, known.get(nameOf(one))),
  );
  if (changed.length === 0 && series.length === 0 && factsOf(before) === factsOf(now)) return undefined;
  const pick = <T>(list: readonly T[]): T[] => changed.map((point) => list[point] as T);
  return {
    ...now,
    times: pick(now.times),
    ...(now.index === undefined ? {} : { index: pick(now.index) }),
    series: series.map((one) => picked(one, pick)),
  };
}

type Known = ReadonlyMap<string, AnswerSeries>;

function seriesByValues({ series }: StatsAnswer): Known {
  return new Map(series.map((one) => [nameOf(one), one]));
}

function nameOf({ values }: AnswerSeries): string {
  return Object.values(values).join("\0");
}

/** The points that were not there, or in which some series has something else. */
function changedPoints(before: StatsAnswer, now: StatsAnswer, known: Known): number[] {
  const places = new Map(before.times.map((time, point) => [time, point]));
  const was = now.times.map((time) => places.get(time) ?? -1);
  const isChanged = now.times.map((_, point) => (was[point] as number) < 0);
  for (const one of now.series) {
    const lists = listsOf(one);
    const other = known.get(nameOf(one));
    const others = other === undefined ? [] : listsOf(other);
    was.forEach((place, point) => {
      // One that was not there had nothing, which is the same as none.
      if (other === undefined && !isCounted(one.count[point])) return;
      if (lists.some((list, index) => list?.[point] !== others[index]?.[place])) isChanged[point] = true;
    });
  }
  // What is among the largest no more has left its points.
  const names = new Set(now.series.map(nameOf));
  for (const [name, one] of known) {
    if (names.has(name)) continue;
    was.forEach((place, point) => {
      if (isCounted(one.count[place])) isChanged[point] = true;
    });
  }
  return isChanged.flatMap((is, point) => (is ? [point] : []));
}

/** All that is told of each point. */
function listsOf({ count, sum, unique, quantiles = {} }: AnswerSeries) {
  return [count, sum, unique, ...Object.values(quantiles)];
}

function isCounted(count: number | null | undefined): boolean {
  return count !== undefined && count !== null && count > 0;
}

/** Whether it says something else about the range as a whole. */
function hasOtherFacts(now: AnswerSeries, before: AnswerSeries | undefined): boolean {
  if (now.uniqueTotal !== before?.uniqueTotal) return true;
  return now.top !== undefined && JSON.stringify(now.top) !== JSON.stringify(before?.top);
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

/** What may change without any point; by how much a laggard is behind changes all the time. */
function factsOf({ rev, completeness, provisionalFrom, laggards, folded, generation }: StatsAnswer): string {
  const who = laggards.map(({ partition, state }) => [partition, state]);
  return JSON.stringify([rev, completeness, provisionalFrom, who, folded, generation]);
}
