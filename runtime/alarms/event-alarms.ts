import { readableName } from "../actor/actor-name.ts";
import type { EventName } from "../telemetry/events.ts";
import type { LogFields } from "../telemetry/logger.ts";
import type { Severity } from "../../protocols/alarm-settings.ts";
import type { AlarmCall } from "./alarm.ts";

/** What an event of the log says about an alarm. */
export type AlarmWord =
  | { readonly kind: "raise"; readonly call: AlarmCall }
  | { readonly kind: "clear"; readonly key: string };

interface RaiseRule {
  readonly severity: Severity;
  /** The field whose value makes one alarm of each; one for the whole event unless given. */
  readonly by?: string;
  /** With {field} where a value of the event belongs. */
  readonly summary: string;
  /** It ends by an event that clears it, or by an operator, and not by itself. */
  readonly stays?: boolean;
}

interface ClearRule {
  /** The event whose alarm ends. */
  readonly clears: EventName;
  readonly by?: string;
}

/** The closed table: which events of the log are alarms. Whoever logs one of them has raised it; nothing else does. */
export const EVENT_ALARMS: Partial<Readonly<Record<EventName, RaiseRule | ClearRule>>> = {
  "actor.gaveUp": {
    severity: "critical",
    by: "path",
    summary: "{path} has failed too often and stays stopped",
  },
  "actor.escalated": {
    severity: "critical",
    by: "supervisor",
    summary: "the restart budget of {supervisor} is spent, and it fails in turn",
  },
  "actor.stalled": { severity: "warning", by: "type", summary: "{path} fell silent and was started anew" },
  "message.quarantined": {
    severity: "warning",
    by: "path",
    summary: "a message stalled {path} again and again and was put into quarantine",
  },
  "loop.blocked": { severity: "warning", summary: "the event loop was held by {path} with {kind}" },
  "loop.killed": {
    severity: "critical",
    summary: "the process before this one was killed, because {path} with {kind} held its event loop",
  },
  "mailbox.aging": { severity: "warning", by: "type", stays: true, summary: "mail of {path} waits too long" },
  "mailbox.recovered": { clears: "mailbox.aging", by: "type" },
  "actor.loadFailed": {
    severity: "warning",
    by: "type",
    summary: "{path} could not take over what it was before the reload, and started anew",
  },
  "journal.troubled": { severity: "critical", stays: true, summary: "the journal stores nothing: {code}" },
  "journal.recovered": { clears: "journal.troubled" },
  "cluster.stateLost": {
    severity: "critical",
    by: "shard",
    stays: true,
    summary:
      "Redis has lost what it held ({shard}): restore a backup, or accept it with cluster.allowColdStart",
  },
  "cluster.stateFound": { clears: "cluster.stateLost", by: "shard" },
  "cluster.storeForeign": {
    severity: "critical",
    stays: true,
    summary: "another cluster writes into the database of this one: {why}",
  },
  "cluster.storeOwn": { clears: "cluster.storeForeign" },
  "cluster.nodeLost": {
    severity: "critical",
    by: "node",
    stays: true,
    summary: "the node {node} was lost ({cause}); its entities go on elsewhere",
  },
  "cluster.nodeBack": { clears: "cluster.nodeLost", by: "node" },
  "audit.failed": {
    severity: "critical",
    summary: "what operators do cannot be written down, so they cannot act",
  },
  "access.notWritten": {
    severity: "critical",
    summary: "what the gateway answers cannot be written down, and is not counted",
  },
  "logs.gap": {
    severity: "warning",
    by: "partition",
    summary: "records of {source}/{partition} were gone before they were read",
  },
  "logs.quarantined": {
    severity: "warning",
    by: "partition",
    summary: "a part of {source}/{partition} cannot be counted and was put aside",
  },
  "logs.unreadable": {
    severity: "critical",
    by: "partition",
    summary: "{source}/{partition} cannot be read: {why}",
  },
  "alert.held": {
    severity: "warning",
    stays: true,
    summary: "alert rules have judged nothing since {since}: {why}",
  },
  "alert.wentOn": { clears: "alert.held" },
  "host.lost": { severity: "critical", summary: "the host of this worker is gone, and the worker stops" },
  "loop.unwatched": {
    severity: "critical",
    stays: true,
    summary: "the watchdog has failed: a blocked loop would not be named",
  },
};

/** Fields that say nothing to whoever is called at night, or too much. */
const UNTOLD: readonly string[] = ["stack", "err"];

/** What an event means for the alarms; undefined for nearly all events. Pure. */
export function alarmWordOf(event: EventName, fields: LogFields, quietMs: number): AlarmWord | undefined {
  const rule = EVENT_ALARMS[event];
  if (rule === undefined) return undefined;
  if ("clears" in rule) return { kind: "clear", key: keyOf(rule.clears, rule.by, fields) };
  return {
    kind: "raise",
    call: {
      key: keyOf(event, rule.by, fields),
      severity: rule.severity,
      summary: rule.summary.replaceAll(/\{(\w+)\}/g, (_, name: string) => readableName(wordOf(fields[name]))),
      details: detailsOf(fields),
      ...(rule.stays === true ? {} : { quietMs }),
    },
  };
}

function keyOf(event: EventName, by: string | undefined, fields: LogFields): string {
  return by === undefined ? event : `${event}:${wordOf(fields[by])}`;
}

/** The plain facts of an event: what stands in it by name, and the message of an error. */
function detailsOf(fields: LogFields): Record<string, unknown> {
  const { err } = fields;
  const plain = Object.entries(fields).filter(
    ([name, value]) => !UNTOLD.includes(name) && ["string", "number", "boolean"].includes(typeof value),
  );
  return { ...Object.fromEntries(plain), ...(err instanceof Error ? { error: err.message } : {}) };
}

function wordOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "unknown";
}
