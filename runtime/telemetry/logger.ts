import type { EventAt } from "./events.ts";

/** What is known about an event, as plain data without secrets and without bodies. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes events: a name from the catalogue (`events.ts`), which fixes its level, and its fields. Never prose. */
export interface Logger {
  debug(event: EventAt<"debug">, fields?: LogFields): void;
  info(event: EventAt<"info">, fields?: LogFields): void;
  /** The system coped. */
  warn(event: EventAt<"warn">, fields?: LogFields): void;
  /** Somebody must look. */
  error(event: EventAt<"error">, fields?: LogFields): void;
  /** The process ends. */
  fatal(event: EventAt<"fatal">, fields?: LogFields): void;
}
