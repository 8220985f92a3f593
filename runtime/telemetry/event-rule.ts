/** How grave an event is. `warn`: the system coped. `error`: somebody must look. `fatal`: the process ends. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "fatal";

/** What the catalogue says of an event. */
export interface EventRule {
  readonly level: LogLevel;
  /** What happened, and what an operator may do about it. */
  readonly doc: string;
}
