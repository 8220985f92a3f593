import type { Clock } from "../time/clock.ts";
import type { EventRule } from "./event-rule.ts";
import { EVENTS } from "./events.ts";
import type { EventName } from "./events.ts";
import type { LogFields, Logger } from "./logger.ts";

/** Not more often than this is an event written that others can bring about as often as they like, in milliseconds. */
const WRITE_EVERY_MS = 10_000;
/** Values of a field that are told apart for one event; what comes beyond them shares a line, until some of them have been quiet. */
const VALUES_MAX = 100;
/** The line that they share. */
const SHARED = "";

/** What is known of one event with one value. */
interface Pace {
  writeAtMs: number;
  leftOut: number;
}

/**
 * Writes events to another logger, and those that whoever sends something can bring about with each message (`paced` in the catalogue) not more often than
 * every 10 s: the next line says how many were left out (`leftOut`). Whoever counts them stands in front of it.
 */
export class PacedLog implements Logger {
  readonly #next: Logger;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #paces = new Map<EventName, Map<string, Pace>>();

  constructor(next: Logger, clock: Pick<Clock, "nowMs">) {
    this.#next = next;
    this.#clock = clock;
  }

  debug(event: EventName, fields?: LogFields): void {
    this.#pass(event, fields);
  }

  info(event: EventName, fields?: LogFields): void {
    this.#pass(event, fields);
  }

  warn(event: EventName, fields?: LogFields): void {
    this.#pass(event, fields);
  }

  error(event: EventName, fields?: LogFields): void {
    this.#pass(event, fields);
  }

  fatal(event: EventName, fields?: LogFields): void {
    this.#pass(event, fields);
  }

  #pass(event: EventName, fields: LogFields | undefined): void {
    const { level, paced }: EventRule = EVENTS[event];
    if (paced === undefined) return this.#write(level, event, fields);
    const nowMs = this.#clock.nowMs();
    const pace = this.#paceOf(event, String(fields?.[paced.by]), nowMs);
    if (nowMs < pace.writeAtMs) {
      pace.leftOut++;
      return;
    }
    const { leftOut } = pace;
    pace.writeAtMs = nowMs + WRITE_EVERY_MS;
    pace.leftOut = 0;
    this.#write(level, event, leftOut === 0 ? fields : { ...fields, leftOut });
  }

  #paceOf(event: EventName, value: string, nowMs: number): Pace {
    let values = this.#paces.get(event);
    if (values === undefined) this.#paces.set(event, (values = new Map<string, Pace>()));
    const known = values.get(value);
    if (known !== undefined) return known;
    // Looked through no more often than a line is written, however many values come.
    if (values.size >= VALUES_MAX && isDue(values.get(SHARED), nowMs)) forgetQuiet(values, nowMs);
    const key = values.size < VALUES_MAX ? value : SHARED;
    const pace = values.get(key) ?? { writeAtMs: Number.NEGATIVE_INFINITY, leftOut: 0 };
    values.set(key, pace);
    return pace;
  }

  #write(level: EventRule["level"], event: EventName, fields: LogFields | undefined): void {
    const write = this.#next[level] as (event: EventName, fields?: LogFields) => void;
    write.call(this.#next, event, fields);
  }
}

function isDue(pace: Pace | undefined, nowMs: number): boolean {
  return pace === undefined || nowMs >= pace.writeAtMs;
}

function forgetQuiet(values: Map<string, Pace>, nowMs: number): void {
  for (const [value, pace] of values) {
    if (isDue(pace, nowMs) && pace.leftOut === 0) values.delete(value);
  }
}
