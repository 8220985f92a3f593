import type { Severity } from "../../protocols/alarm-settings.ts";
import type { Alarm, AlarmCall, AlarmEnd, AlarmPolicy } from "./alarm.ts";
import { isAtLeast } from "./alarm.ts";

/** How long a flapping alarm must stay away until its end is believed, in milliseconds. */
export const CALM_MS = 300_000;

/** An alarm that is on, with what it takes to go on with it. Plain data, so that another process can take it over. */
export interface OpenAlarm {
  readonly key: string;
  severity: Severity;
  summary: string;
  details: Readonly<Record<string, unknown>>;
  readonly firstAtMs: number;
  /** Since when it is as grave as it is: escalation counts from here. */
  graveSinceMs: number;
  lastAtMs: number;
  count: number;
  quietMs: number | undefined;
  acknowledged: { readonly by: string; readonly atMs: number } | undefined;
  /** Steps of the escalation that have been taken. */
  escalations: number;
  readonly isFlapping: boolean;
  /** When the end of a flapping alarm is believed. */
  calmAtMs: number | undefined;
  /** Who has been told, and is to hear of the end. */
  readonly told: string[];
}

/** An alarm begins. Pure. */
export function openAlarm(call: AlarmCall, nowMs: number, isFlapping: boolean): OpenAlarm {
  return {
    key: call.key,
    severity: call.severity,
    summary: call.summary,
    details: call.details ?? {},
    firstAtMs: nowMs,
    graveSinceMs: nowMs,
    lastAtMs: nowMs,
    count: 1,
    quietMs: call.quietMs,
    acknowledged: undefined,
    escalations: 0,
    isFlapping,
    calmAtMs: undefined,
    told: [],
  };
}

/** The same is raised again. Answers whether it has become graver: then it counts as new, and nobody has acknowledged that. */
export function raiseAgain(alarm: OpenAlarm, call: AlarmCall, nowMs: number): boolean {
  alarm.count++;
  alarm.lastAtMs = nowMs;
  alarm.summary = call.summary;
  alarm.details = call.details ?? {};
  alarm.quietMs = call.quietMs;
  alarm.calmAtMs = undefined;
  if (isAtLeast(alarm.severity, call.severity)) return false;
  alarm.severity = call.severity;
  alarm.graveSinceMs = nowMs;
  alarm.acknowledged = undefined;
  alarm.escalations = 0;
  return true;
}

/** When the next step of the escalation falls due; infinity when none is left or somebody looks after the alarm. Pure. */
export function escalatesAtMs(alarm: OpenAlarm, policy: AlarmPolicy): number {
  const step = stepsOf(alarm, policy)[alarm.escalations];
  const isOver = alarm.acknowledged !== undefined || alarm.calmAtMs !== undefined;
  return step === undefined || isOver ? Number.POSITIVE_INFINITY : alarm.graveSinceMs + step.afterMs;
}

/** The steps that apply to an alarm, soonest first. Pure. */
export function stepsOf({ severity }: OpenAlarm, { escalation }: AlarmPolicy): AlarmPolicy["escalation"] {
  return escalation
    .filter((step) => isAtLeast(severity, step.severity))
    .toSorted((a, b) => a.afterMs - b.afterMs);
}

/** When an alarm ends by itself, and how; undefined while nothing speaks for it. Pure. */
export function endsBy({
  calmAtMs,
  quietMs,
  lastAtMs,
}: OpenAlarm): { readonly atMs: number; readonly end: AlarmEnd } | undefined {
  if (calmAtMs !== undefined) return { atMs: calmAtMs, end: "cleared" };
  return quietMs === undefined ? undefined : { atMs: lastAtMs + quietMs, end: "quiet" };
}

/** How an alarm stands, for people and programs. Pure. */
export function viewOf(alarm: OpenAlarm, ended?: { readonly atMs: number; readonly end: AlarmEnd }): Alarm {
  const { acknowledged, calmAtMs } = alarm;
  const open = acknowledged === undefined ? "active" : "acknowledged";
  return {
    key: alarm.key,
    severity: alarm.severity,
    summary: alarm.summary,
    details: alarm.details,
    firstAtMs: alarm.firstAtMs,
    lastAtMs: alarm.lastAtMs,
    count: alarm.count,
    state: ended === undefined ? open : "ended",
    ...(acknowledged === undefined ? {} : { acknowledged }),
    escalations: alarm.escalations,
    isFlapping: alarm.isFlapping,
    ...(calmAtMs === undefined || ended !== undefined ? {} : { calmAtMs }),
    ...(ended === undefined ? {} : { endedAtMs: ended.atMs, end: ended.end }),
  };
}
