// Pure: which time is shown, how finely, and the questions for it.

const HOUR_MS = 3_600_000;

/** Every range that can be chosen: how long it is, its steps, the finest first, and how often it is looked at. */
export const RANGES = {
  hour: { ms: HOUR_MS, steps: ["30", "180"], refreshMs: 2_000 },
  day: { ms: 24 * HOUR_MS, steps: ["180", "900"], refreshMs: 10_000 },
  week: { ms: 7 * 24 * HOUR_MS, steps: ["900", "1d"], refreshMs: 30_000 },
} as const satisfies Readonly<Record<string, RangeShape>>;

interface RangeShape {
  readonly ms: number;
  readonly steps: readonly Step[];
  readonly refreshMs: number;
}

export type RangeName = keyof typeof RANGES;
/** How wide a point is, as questions say it. */
export type Step = "30" | "180" | "900" | "1d";

/** What the page shows. */
export interface Choice {
  readonly range: RangeName;
  readonly step: Step;
}

/** A range as it is first shown. */
export function choiceOf(range: RangeName): Choice {
  return { range, step: RANGES[range].steps[0] };
}

/** What the page asks, by what it is for. */
export type StatsQuestions = Readonly<
  Record<"requests" | "latency" | "clients" | "urls" | "routes" | "all", string>
>;

/** Routes and paths that are listed. */
const LISTED = "10";
/** Percentiles are kept by blocks of 180 s. */
const SKETCH_STEP = "180";

/** The questions for a range that ends now; `zone` is the one in which days begin. */
export function questionsOf(
  { range, step }: Choice,
  { nowMs, zone }: { readonly nowMs: number; readonly zone: string },
): StatsQuestions {
  const ask = (metric: string, wide: Step, more: Readonly<Record<string, string>>): string => {
    const from = String(beginning(RANGES[range].ms, wide, nowMs));
    const tz: Readonly<Record<string, string>> = wide === "1d" ? { tz: zone } : {};
    return `/v1/stats?${new URLSearchParams({ metric, step: wide, from, ...tz, ...more }).toString()}`;
  };
  const sketched = step === "30" ? SKETCH_STEP : step;
  // Points of what is only summed up are few, yet narrow enough that the range is about as long as it says.
  const summed = range === "hour" ? "180" : "900";
  return {
    requests: ask("requests", step, { by: "status" }),
    latency: ask("latency", sketched, { q: "0.5,0.9,0.99" }),
    clients: ask("clients", summed, {}),
    urls: ask("urls", summed, { top: LISTED }),
    routes: ask("requests", summed, { by: "route", top: LISTED }),
    all: ask("requests", summed, {}),
  };
}

/** The cells of the latest hour: what goes on now. */
export const PULSE_QUESTION = "/v1/stats/stream?metric=requests&step=30&by=status";

/** The first whole step in the range, so that the first point is no part of one. */
function beginning(rangeMs: number, step: Step, nowMs: number): number {
  const fromMs = nowMs - rangeMs;
  if (step === "1d") return fromMs;
  const stepMs = Number(step) * 1_000;
  return Math.ceil(fromMs / stepMs) * stepMs;
}
