import type { ALERTS_FIELDS, BANDS_FIELDS } from "../../../protocols/alerts.ts";
import type { MessageOf } from "../../../protocols/protocol.ts";

// Pure: what is expected, and which alerts are in force, as the operators' port answers it.

/** Between which counts blocks are as expected. */
export type Bands = Omit<MessageOf<"bands", typeof BANDS_FIELDS>, "kind">;
/** How one alert stands. */
export type Alert = MessageOf<"alerts", typeof ALERTS_FIELDS>["alerts"][number];

const BLOCK_MS = 180_000;
const BLOCK_SECONDS = BLOCK_MS / 1_000;
/** Four days: of more, nobody is told what is expected. */
const ASKED_MAX_MS = 1_919 * BLOCK_MS;

/** What is expected at the middle of a block, as records a second. */
export interface Expected {
  readonly atMs: number;
  readonly low: number;
  readonly high: number;
}

/** The question for the bands of a range that ends now; undefined for one that is too long. */
export function bandsQuestion(rangeMs: number, nowMs: number): string | undefined {
  if (rangeMs > ASKED_MAX_MS) return undefined;
  const query = { metric: "requests", from: String(nowMs - rangeMs), to: String(nowMs) };
  return `/v1/alerts/bands?${new URLSearchParams(query).toString()}`;
}

/** The band of the first rule that has one, as stretches without a gap. */
export function stretchesOfBand({ times, bands }: Bands): readonly (readonly Expected[])[] {
  const [first] = bands;
  const stretches: Expected[][] = [];
  let current: Expected[] | undefined = undefined;
  times.forEach((fromMs, index) => {
    const [low, high] = [first?.low[index] ?? undefined, first?.high[index] ?? undefined];
    if (low === undefined || high === undefined) {
      current = undefined;
      return;
    }
    if (current === undefined) stretches.push((current = []));
    current.push({ atMs: fromMs + BLOCK_MS / 2, low: low / BLOCK_SECONDS, high: high / BLOCK_SECONDS });
  });
  return stretches;
}

/** The alerts in force: those that fire, the gravest first. */
export function inForce(alerts: readonly Alert[]): readonly Alert[] {
  const gravity = ({ severity }: Alert): number => ["notice", "warning", "critical"].indexOf(severity);
  return alerts
    .filter(({ state }) => state === "firing" || state === "recovering")
    .toSorted((a, b) => gravity(b) - gravity(a));
}
