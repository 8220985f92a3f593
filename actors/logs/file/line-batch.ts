import type { Row } from "../../../runtime/counting/row.ts";
import type { LineFormat } from "../formats/line-format.ts";
import { RowSpans } from "../row-spans.ts";
import type { Batch, Gap, Unread } from "../source.ts";

const NEWLINE = 10;
const RETURN = 13;
const COUNT_DIGITS_MAX = 16;
/** Room behind the lines for values that do not stand in them as they are, such as texts with escapes, in bytes. */
export const SPARE_BYTES = 65_536;

/** Where lines begin and end in a buffer. */
export interface LineSpan {
  readonly bytes: Buffer;
  /** Behind the last line. */
  readonly end: number;
  readonly lines: number;
}

/** No line at all. */
export const NO_LINES: LineSpan = { bytes: Buffer.alloc(0), end: 0, lines: 0 };

/** How much of a buffer is whole lines, of which there may be so many. Pure. */
export function wholeLines(bytes: Buffer, length: number, linesMax: number): LineSpan {
  let end = 0;
  let lines = 0;
  while (lines < linesMax) {
    const at = bytes.indexOf(NEWLINE, end);
    if (at < 0 || at >= length) break;
    end = at + 1;
    lines++;
  }
  return { bytes, end, lines };
}

/** What is known of a batch besides its lines. */
export type BatchPlace = Pick<Batch, "to" | "isAtEnd" | "endTimeMs"> & {
  readonly gap: Gap | undefined;
  /** Lines that are too long to be read. */
  readonly tooLong: number;
};

/** Whole lines of a file, as a batch. */
export class LineBatch implements Batch {
  readonly to: string | undefined;
  readonly units: number;
  readonly bytes: number;
  readonly isAtEnd: boolean;
  readonly endTimeMs: number;
  readonly isOver = false;
  readonly gap: Gap | undefined;
  readonly #span: LineSpan;
  readonly #format: LineFormat;
  readonly #tooLong: number;

  constructor(span: LineSpan, format: LineFormat, place: BatchPlace) {
    this.#span = span;
    this.#format = format;
    this.to = place.to;
    this.units = span.lines + place.tooLong;
    this.bytes = span.end;
    this.isAtEnd = place.isAtEnd;
    this.endTimeMs = place.endTimeMs;
    this.gap = place.gap ?? lossIn(span, format);
    this.#tooLong = place.tooLong;
  }

  rows(fields: readonly string[], visit: (row: Row) => void): Unread {
    const { bytes, end } = this.#span;
    const row = new RowSpans(bytes, fields.length, end);
    const scan = this.#format.compile(fields);
    let unparsable = this.#tooLong;
    for (let start = 0; start < end;) {
      const newline = bytes.indexOf(NEWLINE, start);
      const next = newline < 0 || newline >= end ? end : newline;
      const lineEnd = next > start && bytes[next - 1] === RETURN ? next - 1 : next;
      // An empty line says nothing, and nothing is missing from it.
      const isRecord = lineEnd > start && !isLoss(bytes, start, this.#format);
      if (isRecord && scan(row, start, lineEnd)) visit(row);
      else if (isRecord) unparsable++;
      start = next + 1;
    }
    return { unparsable, damaged: [] };
  }
}

function isLoss(bytes: Buffer, start: number, { lossMark }: LineFormat): boolean {
  return lossMark !== undefined && bytes.indexOf(lossMark, start) === start;
}

/** How many records the writer of these lines could not write. */
function lossIn({ bytes, end }: LineSpan, { lossMark }: LineFormat): Gap | undefined {
  if (lossMark === undefined) return undefined;
  let lost = 0;
  for (let at = bytes.indexOf(lossMark); at >= 0 && at < end; at = bytes.indexOf(lossMark, at + 1)) {
    const from = at + lossMark.length;
    lost += Number.parseInt(bytes.toString("latin1", from, Math.min(from + COUNT_DIGITS_MAX, end)), 10);
  }
  return lost === 0 ? undefined : { lost, text: "more was answered at once than could be written down" };
}
