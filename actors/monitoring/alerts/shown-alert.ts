import { isOn, stateOf } from "../../../runtime/alerting/alert-state.ts";
import { alertSummary, subjectOf } from "../../../runtime/alerting/alert-text.ts";
import { BLOCK_MS } from "../../../runtime/counting/cells.ts";
import type { ALERTS_FIELDS } from "../../../protocols/alerts.ts";
import type { BodyOf } from "../../../runtime/net/route.ts";
import type { RuleStanding } from "./judge-blocks.ts";
import type { Standing } from "./standing.ts";

/** An alert as operators read it. */
export type ShownAlert = BodyOf<typeof ALERTS_FIELDS>["alerts"][number];

/** How all alerts stand, for operators. Pure. */
export function shownAlerts(seen: readonly RuleStanding[]): ShownAlert[] {
  const firing = seen.filter(({ standing }) => isOn(standing.phase)).map(({ rule }) => rule.name);
  return seen.map(({ rule, standing }) => {
    const { name, kind, metric, severity, runbook } = rule;
    return {
      rule: name,
      kind,
      metric,
      subject: subjectOf(rule),
      severity,
      state: stateOf(standing.phase, standing.latest),
      ...timesOf(standing),
      ...latestOf(standing),
      ...(isOn(standing.phase) ? wrongOf({ rule, standing }) : {}),
      ...(standing.acknowledged === undefined ? {} : { acknowledged: standing.acknowledged }),
      ...(standing.silencedUntilMs === undefined ? {} : { silencedUntilMs: standing.silencedUntilMs }),
      inhibitedBy: rule.inhibitedBy.filter((other) => firing.includes(other)),
      ...(runbook === undefined ? {} : { runbook }),
    };
  });
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
