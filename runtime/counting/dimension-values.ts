import type { MetricDimension } from "../../protocols/metric-settings.ts";
import { OTHER } from "./dimension-slots.ts";
import type { Row } from "./row.ts";
import { SpanTable } from "./span-table.ts";

/** What a record that lacks the field counts under. */
const MISSING = "-";
/** So many times its budget is told apart in one batch; which of them keep a place is decided where batches meet. */
const BATCH_FACTOR = 4;
const QUESTION_MARK = 0x3f;
const ZERO = 0x30;
const CLASSES = [MISSING, OTHER, "1xx", "2xx", "3xx", "4xx", "5xx"] as const;
/** The numbers of the values that are always there. */
const MISSING_NUMBER = 0;
const OTHER_NUMBER = 1;
const FIXED = 2;

/** The values of one dimension in one batch, each with a number. */
export class DimensionValues {
  readonly #column: number;
  readonly #form: MetricDimension["as"];
  readonly #max: number;
  readonly #table = new SpanTable();

  constructor({ as, budget }: MetricDimension, column: number) {
    this.#column = column;
    this.#form = as;
    this.#max = BATCH_FACTOR * budget;
  }

  clear(): void {
    this.#table.clear();
  }

  /** The number of a row's value. */
  numberOf({ bytes, starts, ends }: Row): number {
    const start = starts[this.#column] as number;
    if (start < 0) return MISSING_NUMBER;
    const end = ends[this.#column] as number;
    if (this.#form === "statusClass") return classOf(bytes[start] as number, end - start);
    const cut = this.#form === "path" ? pathEnd(bytes, start, end) : end;
    const number = this.#table.numberOf(bytes, start, cut, this.#max);
    return number < 0 ? OTHER_NUMBER : FIXED + number;
  }

  textOf(number: number): string {
    if (this.#form === "statusClass" || number < FIXED) return CLASSES[number] ?? MISSING;
    const text = this.#table.textOf(number - FIXED);
    return text.includes("\0") ? text.replaceAll("\0", "\u{fffd}") : text;
  }
}

/** Where the path of a URL ends. Pure. */
export function pathEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== QUESTION_MARK) at++;
  return at;
}

function classOf(first: number, length: number): number {
  const digit = first - ZERO;
  return length === 3 && digit >= 1 && digit <= 5 ? 1 + digit : MISSING_NUMBER;
}
