import type { MetricCondition } from "../../protocols/metric-settings.ts";
import type { Row } from "./row.ts";

/** Whether a metric counts a row. */
export type Condition = (row: Row) => boolean;

const encoder = new TextEncoder();

/** Makes conditions ready for many rows; `column` tells where a field stands in a row. Pure. */
export function compileConditions(
  conditions: readonly MetricCondition[],
  column: (field: string) => number,
): readonly Condition[] {
  return conditions.flatMap(({ field, is, isNot, startsWith }) => {
    const at = column(field);
    return [
      ...(is === undefined ? [] : [anyOf(at, is, isEqual)]),
      ...(isNot === undefined ? [] : [negated(anyOf(at, isNot, isEqual))]),
      ...(startsWith === undefined ? [] : [anyOf(at, startsWith, beginsWith)]),
    ];
  });
}

type Compare = (row: Row, column: number, text: Uint8Array) => boolean;

function anyOf(column: number, texts: readonly string[], compare: Compare): Condition {
  const encoded = texts.map((text) => encoder.encode(text));
  return (row) => encoded.some((text) => compare(row, column, text));
}

function negated(condition: Condition): Condition {
  return (row) => !condition(row);
}

function beginsWith({ bytes, starts, ends }: Row, column: number, text: Uint8Array): boolean {
  const start = starts[column] as number;
  if (start < 0 || (ends[column] as number) - start < text.length) return false;
  for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text[at]) return false;
  return true;
}

function isEqual(row: Row, column: number, text: Uint8Array): boolean {
  const length = (row.ends[column] as number) - (row.starts[column] as number);
  return length === text.length && beginsWith(row, column, text);
}
