import type { Step } from "./cells.ts";
import { LocalDays } from "./local-day.ts";

/** How many points an answer may have. */
export const POINTS_MAX = 3_000;

/** The points of an answer: stretches of time, one after the other. */
export interface Points {
  /** Where each begins, in milliseconds. */
  readonly starts: readonly number[];
  /** Where the last one ends. */
  readonly endMs: number;
  /** Which one a time is in; -1 outside. */
  indexOf(timeMs: number): number;
}

/** A range of time, in milliseconds; the end is not in it. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Divides a range into points: whole steps, or whole local days. Undefined when there would be too many. Pure. */
export function pointsOf({ fromMs, toMs }: TimeRange, step: Step, days: LocalDays): Points | undefined {
  return step === "day" ? dayPoints({ fromMs, toMs }, days) : evenPoints({ fromMs, toMs }, step);
}

function evenPoints({ fromMs, toMs }: TimeRange, stepMs: number): Points | undefined {
  const first = Math.floor(fromMs / stepMs);
  const count = Math.ceil(toMs / stepMs) - first;
  if (count > POINTS_MAX) return undefined;
  const starts = Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * stepMs);
  return {
    starts,
    endMs: (first + count) * stepMs,
    indexOf(timeMs) {
      const index = Math.floor(timeMs / stepMs) - first;
      return index >= 0 && index < count ? index : -1;
    },
  };
}

function dayPoints({ fromMs, toMs }: TimeRange, days: LocalDays): Points | undefined {
  const starts: number[] = [];
  let at = days.dayStartOf(fromMs);
  while (at < toMs && starts.length <= POINTS_MAX) {
    starts.push(at);
    at = days.nextDayOf(at);
  }
  if (starts.length > POINTS_MAX) return undefined;
  return {
    starts,
    endMs: at,
    indexOf: (timeMs) => (timeMs >= at ? -1 : lastUpTo(starts, timeMs)),
  };
}

/** The index of the last of some numbers, which are in order, that is not above another; -1 where all are. */
function lastUpTo(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
