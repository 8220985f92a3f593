import type { EscalationStep, Severity } from "../../protocols/alarm-settings.ts";
import { SEVERITIES } from "../../protocols/alarm-settings.ts";

/** Something is wrong, as whoever sees it says so. */
export interface AlarmCall {
  /** One for each thing that can be wrong. */
  readonly key: string;
  readonly severity: Severity;
  /** In a sentence. */
  readonly summary: string;
  readonly details?: Record<string, unknown>;
  /** It ends by itself when it was not raised again for this long. */
  readonly quietMs?: number;
  /** People have heard of it: they are told of the end, and not once more of the beginning. */
  readonly isTold?: boolean;
}

/** How an alarm ended: it is well again, it has not happened again, or an operator says so. */
export type AlarmEnd = "cleared" | "quiet" | "closed";

/** An alarm as it stands. Plain data. */
export interface Alarm {
  readonly key: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly count: number;
  readonly state: "active" | "acknowledged" | "ended";
  readonly acknowledged?: { readonly by: string; readonly atMs: number };
  readonly escalations: number;
  readonly isFlapping: boolean;
  /** When its end is believed. */
  readonly calmAtMs?: number;
  readonly endedAtMs?: number;
  readonly end?: AlarmEnd;
}

/** What people are told of an alarm, and through which channels. */
export interface Notice {
  readonly kind: "raised" | "escalated" | "recovered";
  readonly alarm: Alarm;
  readonly channels: readonly string[];
}

/** Who is told of what. */
export interface AlarmPolicy {
  readonly routes: Readonly<Record<Severity, readonly string[]>>;
  readonly escalation: readonly EscalationStep[];
}

/** Whether one severity is at least as grave as another. Pure. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}
