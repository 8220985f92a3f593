import { pointsIn } from "./stats.ts";
import type { Point, Stats } from "./stats.ts";

// Pure: records a second, stacked by status.

/** What is told apart, from the bottom up; every other status is `other`. */
export const STATUSES = ["2xx", "3xx", "4xx", "5xx", "other"] as const;
export type Status = (typeof STATUSES)[number];

/** A bar: how many a second, by status. */
export interface Bar extends Point {
  readonly perSecond: Readonly<Record<Status, number>>;
  readonly all: number;
}

/** The class of a status, as the page tells them apart. */
export function statusOf(text: string | undefined): Status {
  return STATUSES.find((status) => status === text) ?? "other";
}

/** A bar for each point. */
export function barsOf(stats: Stats): readonly Bar[] {
  return pointsIn(stats).map((point, index) => {
    const seconds = (point.toMs - point.fromMs) / 1_000;
    const perSecond = { "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0, other: 0 };
    let all = 0;
    for (const { values, count } of stats.series) {
      const rate = (count[index] ?? 0) / seconds;
      perSecond[statusOf(values["status"])] += rate;
      all += rate;
    }
    return { ...point, perSecond, all };
  });
}

/** About `max` bars at most: neighbours become one, which is open when one of them is. Always the same ones, so that bars keep their shape while the range slides. */
export function gathered(bars: readonly Bar[], max: number): readonly Bar[] {
  const size = Math.ceil(bars.length / Math.max(1, max));
  if (size <= 1) return bars;
  const [first] = bars;
  const wideMs = first === undefined ? 1 : size * (first.toMs - first.fromMs);
  const groups = new Map<number, Bar[]>();
  for (const bar of bars) {
    const group = Math.floor(bar.fromMs / wideMs);
    groups.set(group, [...(groups.get(group) ?? []), bar]);
  }
  return [...groups.values()].map(together);
}

function together(bars: readonly Bar[]): Bar {
  const fromMs = bars[0]?.fromMs ?? 0;
  const toMs = bars.at(-1)?.toMs ?? fromMs;
  const mean = (rateOf: (bar: Bar) => number): number =>
    bars.reduce((sum, bar) => sum + rateOf(bar) * (bar.toMs - bar.fromMs), 0) / (toMs - fromMs);
  const perSecond = Object.fromEntries(
    STATUSES.map((status) => [status, mean((bar) => bar.perSecond[status])]),
  ) as Record<Status, number>;
  return { fromMs, toMs, isOpen: bars.some(({ isOpen }) => isOpen), perSecond, all: mean(({ all }) => all) };
}
