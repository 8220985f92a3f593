import { EVENTS } from "./events.ts";
import type { EventName } from "./events.ts";
import type { LogFields, Logger } from "./logger.ts";

/** Hears of every event that is logged. What it logs itself it hears of again, so it must not answer each event with one. */
export type EventListener = (event: EventName, fields: LogFields) => void;

/**
 * Counts events by name on their way to another logger, also those that it leaves out: what is worth a line is worth a
 * number. Whoever acts on events, such as the alarms, listens here.
 */
export class CountingLog implements Logger {
  readonly #next: Logger;
  readonly #listeners: EventListener[] = [];
  readonly #counts = new Map<EventName, number>();

  constructor(next: Logger) {
    this.#next = next;
  }

  /** How often each event has happened since the start. */
  get counts(): ReadonlyMap<EventName, number> {
    return this.#counts;
  }

  /** Tells a listener of every event from now on. */
  listen(listener: EventListener): void {
    this.#listeners.push(listener);
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
    this.#counts.set(event, (this.#counts.get(event) ?? 0) + 1);
    const write = this.#next[EVENTS[event].level] as (event: EventName, fields?: LogFields) => void;
    write.call(this.#next, event, fields);
    for (const listener of this.#listeners) listener(event, fields ?? {});
  }
}
