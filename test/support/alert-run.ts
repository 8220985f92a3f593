import type { AlertPhase, BlockFact, Judgement } from "../../protocols/alert-rule.ts";
import type { AlertRule } from "../../protocols/alert-settings.ts";
import { newAlertState } from "../../runtime/alerting/alert-state.ts";
import type { AlertState } from "../../runtime/alerting/alert-state.ts";
import { apply, judge } from "../../runtime/alerting/judge.ts";
import { Season } from "../../runtime/alerting/season.ts";
import { LocalDays } from "../../runtime/counting/local-day.ts";

/** A rule with what the settings would fill in. */
export function alertRule(parts: Partial<AlertRule> = {}): AlertRule {
  return {
    name: "errors",
    metric: "requests",
    kind: "threshold",
    where: [],
    measure: "count",
    deviations: 4,
    side: "both",
    keepFiring: 1,
    minVolume: 0,
    minCompleteness: 0.95,
    onNoData: "hold",
    inhibitedBy: [],
    severity: "warning",
    ...parts,
  };
}

/** A block that was counted completely; without a value when there is none. */
export function fact(block: number, value?: number, volume = value ?? 0): BlockFact {
  return { block, volume, completeness: 1, ...(value === undefined ? {} : { value }) };
}

/** One alert that judges block after block, as its entity does. */
export class AlertRun {
  readonly rule: AlertRule;
  readonly state: AlertState = newAlertState();
  readonly judgements: Judgement[] = [];
  readonly #season: Season;

  constructor(rule: AlertRule, zone = "UTC") {
    this.rule = rule;
    this.#season = new Season(new LocalDays(zone));
  }

  /** Judges a block, and answers where the alert stands then. */
  step(of: BlockFact): AlertPhase {
    const judgement = judge(this.rule, this.state, of, this.#season);
    apply(this.state, judgement);
    this.judgements.push(judgement);
    return judgement.phase;
  }

  /** The same for values of blocks that follow each other. */
  steps(values: readonly (number | undefined)[]): AlertPhase[] {
    return values.map((value) => this.step(fact(this.state.next ?? 1_000, value)));
  }
}

/** Where the alert of a rule stands after each of some values. */
export function phasesOf(parts: Partial<AlertRule>, values: readonly (number | undefined)[]): AlertPhase[] {
  return new AlertRun(alertRule(parts)).steps(values);
}
