// Pure: where things stand in a chart.

/** Round numbers from zero up to the first one that is not less than `max`; `count` or so of them. */
export function valueTicks(max: number, count: number): readonly number[] {
  if (!(max > 0)) return [0, 1];
  const rough = max / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const steps = Math.ceil(max / step - 1e-9);
  // Multiplied and not added up, and rounded, so that 0.3 is no 0.30000000000000004.
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** How far apart marks of time may be, in minutes. */
const TICK_MINUTES = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880] as const;
const MINUTE_MS = 60_000;

/** The times that deserve a mark: at whole hours, or round minutes, of the reader's own clock, and about `count` at most. @param minuteOfDay which minute of its day a time is, 0 to 1,439 */
export function timeTicks(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  count: number,
  minuteOfDay: (timeMs: number) => number,
): readonly number[] {
  const apart = TICK_MINUTES.find((minutes) => (toMs - fromMs) / (minutes * MINUTE_MS) <= count) ?? 1_440;
  const finest = TICK_MINUTES[0] * MINUTE_MS;
  const first = Math.ceil(fromMs / finest);
  const marked = Array.from(
    { length: Math.max(0, Math.ceil(toMs / finest) - first) },
    (_, index) => (first + index) * finest,
  ).filter((time) => minuteOfDay(time) % Math.min(apart, 1_440) === 0);
  const every = Math.max(1, Math.ceil(marked.length / count));
  return marked.filter((_, index) => index % every === 0);
}
