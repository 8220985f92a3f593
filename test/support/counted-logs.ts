import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { Counts } from "../../runtime/counting/counts.ts";
import { metricSet } from "../../runtime/counting/metric-set.ts";
import { valuesOf } from "../../runtime/counting/block-counts.ts";
import type { Row } from "../../runtime/counting/row.ts";
import { readTally, Tally } from "../../runtime/counting/tally.ts";

/** A log as a test writes it: fields, and when it happened. */
export interface TestLog {
  readonly timeMs: number;
  readonly [field: string]: string | number;
}

/** A metric with what the settings would fill in. */
export function metric(parts: Partial<MetricDefinition> & { readonly name: string }): MetricDefinition {
  return {
    where: [],
    dimensions: [],
    value: "count",
    unit: "s",
    decimals: 0,
    as: "text",
    wanted: 20,
    seriesMax: 2_000,
    ...parts,
  };
}

/** A dimension with what the settings would fill in. */
export function dimension(
  name: string,
  parts: Partial<MetricDefinition["dimensions"][number]> = {},
): MetricDefinition["dimensions"][number] {
  return { name, as: "text", budget: 100, ...parts };
}

/** Logs as rows of one buffer, as a reader makes them. */
export function rowsOf(fields: readonly string[], logs: readonly TestLog[]): Row[] {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let length = 0;
  const places = logs.map((log) => {
    const starts = new Int32Array(fields.length).fill(-1);
    const ends = new Int32Array(fields.length).fill(-1);
    fields.forEach((field, index) => {
      if (log[field] === undefined) return;
      const text = encoder.encode(String(log[field]));
      starts[index] = length;
      length += text.length;
      ends[index] = length;
      parts.push(text);
    });
    return { timeMs: log.timeMs, starts, ends };
  });
  const bytes = Buffer.concat(parts);
  return places.map((place) => ({ bytes, ...place }));
}

/** One batch of logs, counted: the bytes that a puller submits. */
export function tallyOf(
  own: readonly MetricDefinition[],
  logs: readonly TestLog[],
  nowMs: number,
): Uint8Array {
  const set = metricSet(own, "test");
  const tally = new Tally(set);
  tally.begin(nowMs);
  for (const row of rowsOf(set.fields, logs)) tally.add(row);
  return tally.encode();
}

/** The counts of batches, one after the other. */
export function countsOf(tallies: readonly Uint8Array[]): Counts {
  const counts = new Counts();
  for (const tally of tallies) counts.count(Counts.decode(readTally(tally).counts), 0);
  return counts;
}

/** How many records a metric has by the values of its dimensions, in all blocks. */
export function totalsOf(counts: Counts, name: string): Record<string, number> {
  const totals: Record<string, number> = {};
  counts.forEachBlock(name, (_number, block) => {
    for (const [key, series] of block.series) {
      const values = valuesOf(key).join(" ");
      totals[values] = (totals[values] ?? 0) + series.total;
    }
  });
  return totals;
}
