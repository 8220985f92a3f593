import type { RowSpans } from "../row-spans.ts";
import { JsonScan, MISSING } from "./json-scan.ts";
import type { LineFormat, ScanLine } from "./line-format.ts";
import { epochTime, isoTime, rememberingTime } from "./log-time.ts";
import { unescapeInto } from "./unescape.ts";

const QUOTE = 34;
const CLOSE_BRACE = 125;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const LOWER_N = 110;

/** A log of one JSON object a line; `timeField` says when it happened, as a number since 1970 or in ISO 8601. Only the fields at the top count. */
export class JsonLines implements LineFormat {
  readonly #timeField: string;

  constructor(timeField: string) {
    this.#timeField = timeField;
  }

  compile(fields: readonly string[]): ScanLine {
    const names = [...fields, this.#timeField].map((name) => Buffer.from(name));
    const time = names.length - 1;
    const readIso = rememberingTime(isoTime);
    return (row, start, end) => {
      row.clear();
      const { bytes } = row;
      return scanObject(new JsonScan(bytes, start, end), names, (field, from, to) => {
        if (field !== time) return setValue(row, field, from, to);
        row.timeMs = bytes[from] === QUOTE ? readIso(bytes, from + 1, to - 1) : epochTime(bytes, from, to);
        // Also wanted as a field of its own.
        const wanted = fields.indexOf(this.#timeField);
        if (wanted >= 0) setValue(row, wanted, from, to);
      });
    };
  }
}

type TakeValue = (field: number, start: number, end: number) => void;

function scanObject(scan: JsonScan, names: readonly Uint8Array[], take: TakeValue): boolean {
  scan.skipSpace();
  if (!scan.eat(OPEN_BRACE)) return false;
  scan.skipSpace();
  if (scan.eat(CLOSE_BRACE)) return scan.isDone();
  for (;;) {
    const keyAt = scan.at + 1;
    if (!scan.skipString()) return false;
    const field = fieldAt(scan, names, keyAt);
    scan.skipSpace();
    if (!scan.eat(COLON)) return false;
    scan.skipSpace();
    const valueAt = scan.at;
    if (!scan.skipValue()) return false;
    if (field !== MISSING) take(field, valueAt, scan.at);
    scan.skipSpace();
    if (scan.eat(CLOSE_BRACE)) return scan.isDone();
    if (!scan.eat(COMMA)) return false;
    scan.skipSpace();
  }
}

/** Which of the names is the key that has just been passed; the time is the last one, and goes first. */
function fieldAt({ bytes, at }: JsonScan, names: readonly Uint8Array[], keyAt: number): number {
  const length = at - 1 - keyAt;
  for (let field = names.length - 1; field >= 0; field--) {
    const name = names[field] as Uint8Array;
    if (name.length === length && isAt(bytes, keyAt, name)) return field;
  }
  return MISSING;
}

function isAt(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index++) if (bytes[at + index] !== name[index]) return false;
  return true;
}

function setValue(row: RowSpans, field: number, start: number, end: number): void {
  const { bytes } = row;
  if (bytes[start] === LOWER_N) return;
  if (bytes[start] !== QUOTE) return row.set(field, start, end);
  const [from, to] = [start + 1, end - 1];
  if (!hasEscape(bytes, from, to)) return row.set(field, from, to);
  const at = row.reserve(to - from);
  if (at < 0) return row.set(field, from, to);
  row.set(field, at, unescapeInto(bytes, from, to, at));
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === 92) return true;
  return false;
}
