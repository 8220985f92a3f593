import { isOn, stateOf } from "../../../runtime/alerting/alert-state.ts";
import { alertSummary, subjectOf } from "../../../runtime/alerting/alert-text.ts";
import { BLOCK_MS } from "../../../runtime/counting/cells.ts";
import type { ALERTS_FIELDS } from "../../../protocols/alerts.ts";
import type { BodyOf } from "../../../runtime/net/route.ts";
import type { RuleStanding } from "./judge-blocks.ts";
import type { Standing } from "./standing.ts";

/** An alert as operators read it. */
export type ShownAlert = BodyOf<typeof ALERTS_FIELDS>["alerts"][number];

/** A rule, and how its alert stands, if it says so. */
type AskedRule = Pick<RuleStanding, "rule"> & Partial<RuleStanding>;

/** How all alerts stand, for operators. Pure. */
export function shownAlerts(asked: readonly AskedRule[]): ShownAlert[] {
  const firing = asked.filter(({ standing }) => standing !== undefined && isOn(standing.phase));
  const names = firing.map(({ rule }) => rule.name);
  return asked.map(({ rule, standing }) => {
    const { name, kind, metric, severity, runbook } = rule;
    return {
      rule: name,
      kind,
      metric,
      subject: subjectOf(rule),
      severity,
      ...(standing === undefined ? { state: "noAnswer" } : standingFields({ rule, standing })),
      inhibitedBy: rule.inhibitedBy.filter((other) => names.includes(other)),
      ...(runbook === undefined ? {} : { runbook }),
    };
  });
}

function standingFields({ rule, standing }: RuleStanding) {
  const { phase, latest, acknowledged, silencedUntilMs } = standing;
  return {
    state: stateOf(phase, latest),
    ...timesOf(standing),
    ...latestOf(standing),
    ...(isOn(phase) ? wrongOf({ rule, standing }) : {}),
    ...(acknowledged === undefined ? {} : { acknowledged }),
    ...(silencedUntilMs === undefined ? {} : { silencedUntilMs }),
  };
}

function timesOf({ sinceBlock, badSinceBlock, next }: Standing) {
  return {
    ...(sinceBlock === undefined ? {} : { sinceMs: (sinceBlock + 1) * BLOCK_MS }),
    ...(badSinceBlock === undefined ? {} : { badSinceMs: badSinceBlock * BLOCK_MS }),
    ...(next === undefined ? {} : { judgedUpToMs: next * BLOCK_MS }),
  };
}

function latestOf({ latest }: Standing) {
  if (latest === undefined) return {};
  const { value, volume: records, completeness, low, high } = latest;
  return {
    records,
    completeness,
    ...(value === undefined ? {} : { value }),
    ...(low === undefined || high === undefined ? {} : { low, high }),
  };
}

function wrongOf({ rule, standing }: RuleStanding) {
  const { latestBad, badSinceBlock, movers = [] } = standing;
  return {
    summary: alertSummary({ rule, latestBad, badSinceBlock, movers: [...movers] }),
    movers: [...movers],
  };
}
