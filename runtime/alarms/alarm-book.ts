import { SEVERITIES } from "../../protocols/alarm-settings.ts";
import type { Alarm, AlarmCall, AlarmEnd, AlarmPolicy, Notice } from "./alarm.ts";
import { FlapMemory } from "./flap-memory.ts";
import { CALM_MS, endsBy, escalatesAtMs, openAlarm, raiseAgain, stepsOf, viewOf } from "./open-alarm.ts";
import type { OpenAlarm } from "./open-alarm.ts";

/** Alarms that may be active at a time; beyond that a new one is only counted, and one alarm says so. */
export const ACTIVE_MAX = 500;
/** Ended alarms kept for operators. */
const ENDED_KEPT = 200;
/** The alarm about too many alarms: it has a place of its own. */
export const OVERFLOW_KEY = "alarms.overflow";
const OVERFLOW_QUIET_MS = 900_000;

/** What of the book another process takes over. */
export interface BookDump {
  readonly active: readonly OpenAlarm[];
  readonly ended: readonly Alarm[];
  readonly overflowed: number;
}

/**
 * What is wrong now, and who is to be told: the same key is one alarm, an end is told to whoever heard of the
 * beginning, and what nobody acknowledges is told to more people. Pure but for its memory; time is an argument.
 */
export class AlarmBook {
  readonly #policy: AlarmPolicy;
  readonly #active = new Map<string, OpenAlarm>();
  readonly #flaps = new FlapMemory();
  #ended: Alarm[] = [];
  #overflowed = 0;

  constructor(policy: AlarmPolicy, from?: BookDump) {
    this.#policy = policy;
    for (const alarm of from?.active ?? []) this.#active.set(alarm.key, { ...alarm, told: [...alarm.told] });
    this.#ended = [...(from?.ended ?? [])];
    this.#overflowed = from?.overflowed ?? 0;
  }

  /** Alarms that were not kept, because too many were active. */
  get overflowed(): number {
    return this.#overflowed;
  }

  raise(call: AlarmCall, nowMs: number): readonly Notice[] {
    const known = this.#active.get(call.key);
    if (known !== undefined) return raiseAgain(known, call, nowMs) ? [this.#raised(known)] : [];
    if (this.#active.size >= ACTIVE_MAX && call.key !== OVERFLOW_KEY) return this.#overflow(nowMs);
    const alarm = openAlarm(call, nowMs, this.#flaps.begin(call.key, nowMs));
    this.#active.set(alarm.key, alarm);
    const notice = this.#raised(alarm);
    return call.isTold === true ? [] : [notice];
  }

  /** Forgets one that somebody else looks after: nobody is told. */
  drop(key: string): void {
    this.#active.delete(key);
  }

  /** It is well again. The end of an alarm that flaps is believed later. */
  clear(key: string, nowMs: number): readonly Notice[] {
    const alarm = this.#active.get(key);
    if (alarm === undefined) return [];
    if (!alarm.isFlapping) return [this.#end(alarm, "cleared", nowMs)];
    alarm.calmAtMs ??= nowMs + CALM_MS;
    return [];
  }

  /** An operator says that it is over; undefined when there is no such alarm. */
  close(key: string, nowMs: number): readonly Notice[] | undefined {
    const alarm = this.#active.get(key);
    return alarm === undefined ? undefined : [this.#end(alarm, "closed", nowMs)];
  }

  /** Somebody looks after it: nobody else is told. False when there is no such alarm. */
  acknowledge(key: string, by: string, nowMs: number): boolean {
    const alarm = this.#active.get(key);
    if (alarm === undefined) return false;
    alarm.acknowledged ??= { by, atMs: nowMs };
    return true;
  }

  /** Does what has fallen due: escalations, and the ends that nobody has to report. */
  due(nowMs: number): readonly Notice[] {
    return [...this.#active.values()].flatMap((alarm) => {
      const end = endsBy(alarm);
      if (end !== undefined && end.atMs <= nowMs) return [this.#end(alarm, end.end, nowMs)];
      return this.#escalate(alarm, nowMs);
    });
  }

  /** When `due` has something to do next; undefined when nothing waits. */
  nextDueMs(): number | undefined {
    const times = [...this.#active.values()].map((alarm) =>
      Math.min(endsBy(alarm)?.atMs ?? Number.POSITIVE_INFINITY, escalatesAtMs(alarm, this.#policy)),
    );
    const next = Math.min(...times);
    return Number.isFinite(next) ? next : undefined;
  }

  /** What is wrong now: the gravest first, then the newest. */
  active(): Alarm[] {
    const gravity = ({ severity }: OpenAlarm): number => SEVERITIES.indexOf(severity);
    return [...this.#active.values()]
      .toSorted((a, b) => gravity(b) - gravity(a) || b.firstAtMs - a.firstAtMs)
      .map((alarm) => viewOf(alarm));
  }

  /** What was wrong, the latest first. */
  ended(): readonly Alarm[] {
    return this.#ended;
  }

  dump(): BookDump {
    return { active: [...this.#active.values()], ended: this.#ended, overflowed: this.#overflowed };
  }

  #raised(alarm: OpenAlarm): Notice {
    return this.#tell("raised", alarm, this.#policy.routes[alarm.severity]);
  }

  #escalate(alarm: OpenAlarm, nowMs: number): Notice[] {
    const notices: Notice[] = [];
    while (escalatesAtMs(alarm, this.#policy) <= nowMs) {
      const step = stepsOf(alarm, this.#policy)[alarm.escalations++];
      notices.push(this.#tell("escalated", alarm, step?.channels ?? []));
    }
    return notices;
  }

  #tell(kind: Notice["kind"], alarm: OpenAlarm, channels: readonly string[]): Notice {
    alarm.told.push(...channels.filter((channel) => !alarm.told.includes(channel)));
    return { kind, alarm: viewOf(alarm), channels };
  }

  #end(alarm: OpenAlarm, end: AlarmEnd, nowMs: number): Notice {
    this.#active.delete(alarm.key);
    const view = viewOf(alarm, { atMs: nowMs, end });
    this.#ended = [view, ...this.#ended].slice(0, ENDED_KEPT);
    return { kind: "recovered", alarm: view, channels: [...alarm.told] };
  }

  #overflow(nowMs: number): readonly Notice[] {
    this.#overflowed++;
    const summary = `more than ${ACTIVE_MAX} alarms are active; further ones are only counted`;
    const call = { key: OVERFLOW_KEY, severity: "critical", summary, quietMs: OVERFLOW_QUIET_MS } as const;
    return this.raise(call, nowMs);
  }
}
