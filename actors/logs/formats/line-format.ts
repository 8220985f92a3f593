import type { RowSpans } from "../row-spans.ts";

/** Reads the line between two places of the row's bytes into the row. False when it cannot be read. */
export type ScanLine = (row: RowSpans, start: number, end: number) => boolean;

/** How the lines of a log are written. */
export interface LineFormat {
  /** How a line begins by which the writer says that it could not write so many: the number follows. */
  readonly lossMark?: Buffer;
  /** Makes a reader of these fields, in this order. */
  compile(fields: readonly string[]): ScanLine;
}
