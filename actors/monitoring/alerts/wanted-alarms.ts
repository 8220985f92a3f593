import type { AlarmsProtocol } from "../../../protocols/alarms.ts";
import type { Reply, Tell } from "../../../protocols/protocol.ts";
import { alertDetails, alertSummary } from "../../../runtime/alerting/alert-text.ts";
import { isOn } from "../../../runtime/alerting/alert-state.ts";
import type { RuleStanding } from "./judge-blocks.ts";

/** What the keys of all alarms of alerts begin with. */
export const ALERT_KEYS = "alert:";
/** An alarm that nobody speaks for ends: the node that did is gone. In milliseconds. */
const QUIET_MS = 3_600_000;
/** One that goes on is raised again so often, in milliseconds. */
const AGAIN_EVERY_MS = 600_000;
/** Who was told longer ago than this has got it; before that the process may have ended with it. In milliseconds. */
const TOLD_MS = 60_000;

type Lists = Pick<Reply<AlarmsProtocol, "list">, "active">;

/** What is to be said to the alarms, and to which alerts, so that both say the same. */
export interface AlarmSteps {
  readonly alarms: readonly Tell<AlarmsProtocol>[];
  /** People are told of these now. */
  readonly told: readonly RuleStanding[];
  /** Somebody looks after these, who said so to the alarms. */
  readonly acknowledged: readonly { readonly rule: string; readonly by: string }[];
  /** The same the other way round. */
  readonly toAcknowledge: readonly { readonly key: string; readonly by: string }[];
}

/** The key of the alarm of a rule. Pure. */
export function alarmKeyOf(rule: string): string {
  return `${ALERT_KEYS}${rule}`;
}

/** What makes the alarms say what the alerts say. All alerts are known before anything is told, so that none is told that another one inhibits. Pure. */
export function alarmSteps(seen: readonly RuleStanding[], { active }: Lists, nowMs: number): AlarmSteps {
  const known = new Map(
    active.filter(({ key }) => key.startsWith(ALERT_KEYS)).map((alarm) => [alarm.key, alarm]),
  );
  const firing = seen.filter(({ standing }) => isOn(standing.phase));
  const names = new Set(firing.map(({ rule }) => rule.name));
  const isKept = (key: string): boolean => names.has(key.slice(ALERT_KEYS.length));
  const due = firing.filter(({ rule, standing }) => {
    const alarm = known.get(alarmKeyOf(rule.name));
    if (alarm !== undefined) return nowMs - alarm.lastAtMs >= AGAIN_EVERY_MS;
    return !isSilent(standing.silencedUntilMs, nowMs) && !rule.inhibitedBy.some((name) => names.has(name));
  });
  return {
    alarms: [
      ...[...known.keys()].filter((key) => !isKept(key)).map((key) => ({ kind: "clear", key }) as const),
      ...due.map((one) => raiseOf(one, nowMs)),
    ],
    told: due.filter(({ standing }) => standing.toldAtMs === undefined),
    acknowledged: firing.flatMap(({ rule, standing }) => {
      const by = known.get(alarmKeyOf(rule.name))?.acknowledged?.by;
      return by === undefined || standing.acknowledged !== undefined ? [] : [{ rule: rule.name, by }];
    }),
    toAcknowledge: firing.flatMap(({ rule, standing }) => {
      const alarm = known.get(alarmKeyOf(rule.name));
      const by = standing.acknowledged?.by;
      const isOpen = alarm !== undefined && alarm.acknowledged === undefined;
      return by === undefined || !isOpen ? [] : [{ key: alarm.key, by }];
    }),
  };
}

function isSilent(untilMs: number | undefined, nowMs: number): boolean {
  return untilMs !== undefined && nowMs < untilMs;
}

function raiseOf({ rule, standing }: RuleStanding, nowMs: number) {
  const { latestBad, badSinceBlock, movers = [], toldAtMs } = standing;
  const alert = { rule, latestBad, badSinceBlock, movers };
  const isLookedAfter = standing.acknowledged !== undefined;
  const isTold = isLookedAfter || (toldAtMs !== undefined && nowMs - toldAtMs > TOLD_MS);
  return {
    kind: "raise",
    key: alarmKeyOf(rule.name),
    severity: rule.severity,
    summary: alertSummary(alert),
    details: alertDetails(alert),
    quietMs: QUIET_MS,
    ...(isTold ? { isTold } : {}),
  } as const;
}
