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
/** The end of an alarm that flaps is told later, by a process that may die until then: so shortly before that it is noted, in milliseconds. */
const NEAR_MS = 5_000;

type Lists = Pick<Reply<AlarmsProtocol, "list">, "active"> & {
  /** Rules whose alerts did not answer: their alarms stay as they are. */
  readonly silent?: readonly string[];
};

/** What is to be said to the alarms, and to which alerts, so that both say the same. */
export interface AlarmSteps {
  readonly alarms: readonly Tell<AlarmsProtocol>[];
  /** People are told of these now. */
  readonly told: readonly RuleStanding[];
  /** People who were told of these are told now that they are over. */
  readonly over: readonly { readonly rule: string; readonly toldAtMs: number }[];
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
export function alarmSteps(
  seen: readonly RuleStanding[],
  { active, silent = [] }: Lists,
  nowMs: number,
): AlarmSteps {
  const known = new Map(
    active.filter(({ key }) => key.startsWith(ALERT_KEYS)).map((alarm) => [alarm.key, alarm]),
  );
  const firing = seen.filter(({ standing }) => isOn(standing.phase));
  const unanswered = silent.filter((name) => known.has(alarmKeyOf(name)));
  const names = new Set([...unanswered, ...firing.map(({ rule }) => rule.name)]);
  const told = firing.filter(
    ({ rule, standing }) =>
      !isSilent(standing.silencedUntilMs, nowMs) && !rule.inhibitedBy.some((name) => names.has(name)),
  );
  const kept = new Set([...unanswered, ...told.map(({ rule }) => rule.name)].map(alarmKeyOf));
  const due = told.filter(({ rule }) => {
    const alarm = known.get(alarmKeyOf(rule.name));
    // One that came and went is about to be over, and is not.
    const isEnding = alarm?.calmAtMs !== undefined;
    return alarm === undefined || isEnding || nowMs - alarm.lastAtMs >= AGAIN_EVERY_MS;
  });
  const over = seen.filter(
    ({ rule, standing }) => standing.toldAtMs !== undefined && !kept.has(alarmKeyOf(rule.name)),
  );
  return {
    alarms: [
      ...[...known.keys()].filter((key) => !kept.has(key)).map(clearOf),
      ...over
        .filter(({ rule }) => !known.has(alarmKeyOf(rule.name)))
        .flatMap((one) => [{ ...raiseOf(one, nowMs), isTold: true }, clearOf(alarmKeyOf(one.rule.name))]),
      ...due.map((one) => raiseOf(one, nowMs)),
    ],
    over: over.flatMap(({ rule, standing: { toldAtMs } }) => {
      const isTold = endsNow(known.get(alarmKeyOf(rule.name)), nowMs);
      return toldAtMs === undefined || !isTold ? [] : [{ rule: rule.name, toldAtMs }];
    }),
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

/** Whether people hear of the end of an alarm when it is cleared now, or soon after. */
function endsNow(alarm: Lists["active"][number] | undefined, nowMs: number): boolean {
  if (alarm?.isFlapping !== true) return true;
  return alarm.calmAtMs !== undefined && alarm.calmAtMs - nowMs < NEAR_MS;
}

function isSilent(untilMs: number | undefined, nowMs: number): boolean {
  return untilMs !== undefined && nowMs < untilMs;
}

function clearOf(key: string) {
  return { kind: "clear", key } as const;
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
