import type { Row } from "../../../runtime/counting/row.ts";

const SPACE = 32;
const QUESTION_MARK = 63;

/** Where the fields of one record lie. */
export type Spans = Pick<Row, "bytes" | "starts" | "ends">;

/** Sets a field from the value of another, which stands between two places. */
export type Derive = (row: Spans, field: number, start: number, end: number) => void;

/** What a field is taken from, and how. */
export interface Derived {
  /** The variable that it is taken from. */
  readonly from: string;
  readonly derive: Derive;
}

const RULES: readonly (Derived & { readonly name: string })[] = [
  { name: "request_method", from: "request", derive: word(0) },
  { name: "request_uri", from: "request", derive: word(1) },
  { name: "server_protocol", from: "request", derive: word(2) },
  { name: "uri", from: "request_uri", derive: setPath },
  { name: "uri", from: "request", derive: pathOfRequest },
  { name: "bytes_sent", from: "body_bytes_sent", derive: whole },
];

/** Where a field comes from that the lines of a log do not have, but say all the same: the method and path of `GET /a?b HTTP/1.1`. */
export function derivedField(name: string, variables: readonly string[]): Derived | undefined {
  return RULES.find((rule) => rule.name === name && variables.includes(rule.from));
}

/** All that a field may be taken from, the best first. */
export function derivationsOf(name: string): readonly Derived[] {
  return RULES.filter((rule) => rule.name === name);
}

function whole({ starts, ends }: Spans, field: number, start: number, end: number): void {
  starts[field] = start;
  ends[field] = end;
}

function word(index: number): Derive {
  return (row, field, start, end) => {
    let from = start;
    for (let words = 0; words < index; words++) {
      from = indexOf(row.bytes, SPACE, from, end) + 1;
      if (from > end) return;
    }
    whole(row, field, from, indexOf(row.bytes, SPACE, from, end));
  };
}

function pathOfRequest(row: Spans, field: number, start: number, end: number): void {
  const from = indexOf(row.bytes, SPACE, start, end) + 1;
  if (from <= end) setPath(row, field, from, indexOf(row.bytes, SPACE, from, end));
}

function setPath(row: Spans, field: number, start: number, end: number): void {
  whole(row, field, start, indexOf(row.bytes, QUESTION_MARK, start, end));
}

/** The end when it is not there. */
function indexOf(bytes: Uint8Array, code: number, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === code) return at;
  return end;
}
