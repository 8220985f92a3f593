import type { RowSpans } from "../row-spans.ts";
import { DerivedFields } from "./derived-fields.ts";
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
    const derived = new DerivedFields(fields);
    const found = new FoundFields(derived.wanted.length);
    const names = [...derived.wanted, this.#timeField].map((name) => Buffer.from(name));
    const time = names.length - 1;
    const wanted = derived.wanted.indexOf(this.#timeField);
    const readIso = rememberingTime(isoTime);
    return (row, start, end) => {
      row.clear();
      found.starts.fill(-1);
      const { bytes } = row;
      const isWhole = scanObject(new JsonScan(bytes, start, end), names, (field, from, to) => {
        if (field !== time) return found.take(row, field, from, to);
        row.timeMs = bytes[from] === QUOTE ? readIso(bytes, from + 1, to - 1) : epochTime(bytes, from, to);
        // Also wanted as a field of its own.
        if (wanted >= 0) found.take(row, wanted, from, to);
      });
      derived.fill(row, found);
      return isWhole;
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

/** Where the values of one line lie, also of fields that others are only derived from. */
class FoundFields {
  readonly starts: Int32Array;
  readonly ends: Int32Array;

  constructor(fields: number) {
    this.starts = new Int32Array(fields);
    this.ends = new Int32Array(fields);
  }

  /** Takes a value as it stands in the line; a text with escapes is written behind the lines without them. */
  take(row: RowSpans, field: number, start: number, end: number): void {
    const { bytes } = row;
    if (bytes[start] === LOWER_N) return;
    if (bytes[start] !== QUOTE) return this.#set(field, start, end);
    const [from, to] = [start + 1, end - 1];
    const at = hasEscape(bytes, from, to) ? row.reserve(to - from) : -1;
    if (at < 0) this.#set(field, from, to);
    else this.#set(field, at, unescapeInto(bytes, from, to, at));
  }

  #set(field: number, start: number, end: number): void {
    this.starts[field] = start;
    this.ends[field] = end;
  }
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === 92) return true;
  return false;
}
