/** How grave an event is. `warn`: the system coped. `error`: somebody must look. `fatal`: the process ends. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "fatal";

/** What the catalogue says of an event. */
export interface EventRule {
  readonly level: LogLevel;
  /** What happened, and what an operator may do about it. */
  readonly doc: string;
  /** Others can bring it about as often as they like: one line is written every 10 s for each value of this field, with how many were left out. */
  readonly paced?: { readonly by: string };
}
