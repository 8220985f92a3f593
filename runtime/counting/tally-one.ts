import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { metricSetOf } from "./metric-set.ts";
import type { Row } from "./row.ts";
import { Tally } from "./tally.ts";

/** One thing that happened, as somebody says it who has no log. */
export interface Happening {
  /** Its values by dimension. */
  readonly dims: Readonly<Record<string, string>>;
  readonly value: number | string | undefined;
  readonly atMs: number;
}

/** The tally of one thing that happened, under one metric. Conditions are for logs: who names a metric means it. Pure. */
export function tallyOne(
  definition: MetricDefinition,
  happening: Happening,
  { nowMs, isTooLate }: { readonly nowMs: number; readonly isTooLate: boolean },
): Uint8Array {
  const set = metricSetOf([definition]);
  const tally = new Tally({ ...set, isMeant: true });
  tally.begin(nowMs);
  if (isTooLate) tally.addTooLate(1);
  else tally.add(rowOf(set.fields, textsOf(definition, happening), happening.atMs));
  return tally.encode();
}

function textsOf({ dimensions, field }: MetricDefinition, { dims, value }: Happening): Map<string, string> {
  const texts = new Map<string, string>();
  for (const dimension of dimensions) {
    // A dimension may be called as something that every object has.
    const text = Object.hasOwn(dims, dimension.name) ? dims[dimension.name] : undefined;
    if (text !== undefined) texts.set(dimension.field ?? dimension.name, text);
  }
  if (field !== undefined && value !== undefined) texts.set(field, plain(value));
  return texts;
}

/** A number without an exponent. */
function plain(value: number | string): string {
  return typeof value === "string" ? value : value.toFixed(6);
}

function rowOf(fields: readonly string[], texts: ReadonlyMap<string, string>, timeMs: number): Row {
  const starts = new Int32Array(fields.length).fill(-1);
  const ends = new Int32Array(fields.length).fill(-1);
  const parts: Buffer[] = [];
  let length = 0;
  fields.forEach((field, index) => {
    const text = texts.get(field);
    if (text === undefined) return;
    const bytes = Buffer.from(text);
    parts.push(bytes);
    starts[index] = length;
    length += bytes.length;
    ends[index] = length;
  });
  return { bytes: Buffer.concat(parts), timeMs, starts, ends };
}
