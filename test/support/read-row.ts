import type { LineFormat } from "../../actors/logs/formats/line-format.ts";
import { RowSpans } from "../../actors/logs/row-spans.ts";
import type { Row } from "../../runtime/counting/row.ts";

/** A record as a test reads it: its time, and a text or nothing for each field. */
export interface ReadRow {
  readonly timeMs: number;
  readonly values: readonly (string | undefined)[];
}

/** What one line says in a format; undefined when it cannot be read. */
export function readLine(format: LineFormat, line: string, fields: readonly string[]): ReadRow | undefined {
  const text = Buffer.from(line);
  const bytes = Buffer.alloc(text.length + 4_096);
  text.copy(bytes);
  const row = new RowSpans(bytes, fields.length, text.length);
  return format.compile(fields)(row, 0, text.length) ? copyRow(row) : undefined;
}

/** Keeps what a reader will overwrite. */
export function copyRow({ bytes, timeMs, starts, ends }: Row): ReadRow {
  const values = Array.from(starts, (start, field) =>
    start < 0 ? undefined : Buffer.from(bytes.subarray(start, ends[field])).toString(),
  );
  return { timeMs, values };
}
