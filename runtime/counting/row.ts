/**
 * One log as spans of a buffer, so that counting makes no text of fields that nobody asked for. A reader may reuse one row
 * for all logs of a batch: whoever wants to keep something copies it.
 */
export interface Row {
  readonly bytes: Uint8Array;
  /** When it happened, in milliseconds since 1970; NaN when the log does not say it so that it can be read. */
  readonly timeMs: number;
  /** Where each wanted field begins, in the order in which they were wanted; -1 for one that is missing. */
  readonly starts: Int32Array;
  /** Where each of them ends. */
  readonly ends: Int32Array;
}
