import type { AlertSense, BlockFact } from "../../protocols/alert-rule.ts";
import type { AlertRule } from "../../protocols/alert-settings.ts";
import { distanceOf, expectedOf } from "./band.ts";
import type { Band } from "./band.ts";
import type { Verdict } from "./next-phase.ts";

/** A count is as expected again when it is nearer to the middle than this share of what is bad. */
const GOOD_SHARE = 0.75;

/** What a block was for a rule; `band` for a baseline, as far as one is known. Pure. */
export function senseOf(rule: AlertRule, fact: BlockFact, band: Band | undefined): AlertSense {
  if (rule.kind === "absence") return (fact.value ?? 0) > 0 ? "good" : "bad";
  const { value } = fact;
  if (value === undefined) return "none";
  if (rule.kind === "baseline") return senseInBand(rule, value, band);
  if (fact.volume < rule.minVolume) return "few";
  return senseOfLimit(rule, value);
}

/** What that says to the alert. Pure. */
export function verdictOf(sense: AlertSense, { onNoData }: Pick<AlertRule, "onNoData">): Verdict {
  switch (sense) {
    case "bad":
    case "between":
    case "good":
      return sense;
    case "few":
      return "good";
    case "none":
      return NO_DATA_VERDICTS[onNoData];
    default:
      return "unsure";
  }
}

const NO_DATA_VERDICTS = { hold: "unsure", fire: "bad", ok: "good" } as const;

/** Two limits on each side, so that a value that trembles about one of them does not come and go. */
function senseOfLimit(rule: AlertRule, value: number): AlertSense {
  const { fireAbove, clearBelow, fireBelow, clearAbove } = rule;
  const isBad =
    (fireAbove !== undefined && value > fireAbove) || (fireBelow !== undefined && value < fireBelow);
  if (isBad) return "bad";
  const isTooHigh = clearBelow !== undefined && value >= clearBelow;
  const isTooLow = clearAbove !== undefined && value <= clearAbove;
  return isTooHigh || isTooLow ? "between" : "good";
}

function senseInBand(
  { deviations, side, minVolume }: AlertRule,
  count: number,
  band: Band | undefined,
): AlertSense {
  if (band === undefined) return "unknown";
  if (Math.max(count, expectedOf(band)) < minVolume) return "few";
  const distance = distanceOf(band, count);
  const away = { both: Math.abs(distance), above: distance, below: -distance }[side];
  if (away > deviations) return "bad";
  return away > GOOD_SHARE * deviations ? "between" : "good";
}
