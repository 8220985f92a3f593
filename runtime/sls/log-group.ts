/** A key with its value. A value that is no UTF-8 stays the bytes that it is. */
export type LogField = readonly [key: string, value: string | Uint8Array];

/** One log. */
export interface Log {
  /** When it happened, in whole seconds since 1970. */
  readonly seconds: number;
  /** How long after that second. */
  readonly nanoseconds?: number;
  readonly fields: readonly LogField[];
}

/** Logs from one place: what is put, numbered, stored and pulled as one. */
export interface LogGroup {
  readonly topic?: string;
  readonly source?: string;
  readonly tags?: readonly LogField[];
  readonly logs: readonly Log[];
}
