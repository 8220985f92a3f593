import type { AlertTestSeries } from "../../protocols/alert-tests.ts";
import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { keyOf } from "../../runtime/counting/block-counts.ts";
import { Counts } from "../../runtime/counting/counts.ts";
import { shapeOf } from "../../runtime/counting/metric-shape.ts";
import type { SeriesCounts } from "../../runtime/counting/series-counts.ts";
import { repeated, UnfitTest } from "./repeated.ts";

/** A metric that a test of alert rules can count. */
const COUNTABLE: readonly MetricDefinition["value"][] = ["count", "sum", "latency"];
const MISSING = "-";
const NOTHING = "_";

/** How many blocks the longest of some series has. Pure. */
export function blocksIn(series: readonly AlertTestSeries[]): number {
  return Math.max(0, ...series.map(({ counts }) => repeated(counts).length));
}

/** What the series of a test come to, from a block on. Pure. @throws UnfitTest */
export function countsOfSeries(
  series: readonly AlertTestSeries[],
  metrics: readonly MetricDefinition[],
  from: number,
): Counts {
  const counts = new Counts();
  for (const one of series) addSeries(counts, one, { metrics, from });
  return counts;
}

interface Place {
  readonly metrics: readonly MetricDefinition[];
  readonly from: number;
}

function addSeries(counts: Counts, { metric, values, counts: text }: AlertTestSeries, place: Place): void {
  const definition = place.metrics.find(({ name }) => name === metric);
  if (definition === undefined || !COUNTABLE.includes(definition.value)) {
    throw new UnfitTest(`${metric} is no metric that counts records, sums or latencies`);
  }
  const shape = shapeOf(definition);
  const key = keyOf(valuesOf(values, definition));
  repeated(text).forEach((word, index) => {
    if (word === NOTHING) return;
    const block = counts.block(shape, place.from + index);
    addWord(block.at(key, shape), word, shape.scale);
  });
}

function valuesOf(text: string, definition: MetricDefinition): string[] {
  const names = definition.dimensions.map(({ name }) => name);
  const parts = text.split(",").filter((part) => part !== "");
  const given = new Map(parts.map((part) => pairOf(part, names)));
  return names.length === 0 ? [""] : names.map((name) => given.get(name) ?? MISSING);
}

function pairOf(part: string, names: readonly string[]): [dimension: string, value: string] {
  const colon = part.indexOf(":");
  const dimension = part.slice(0, Math.max(0, colon));
  if (names.includes(dimension)) return [dimension, part.slice(colon + 1)];
  throw new UnfitTest(`"${part}" is no dimension:value; the metric has: ${names.join(", ") || "none"}`);
}

function addWord(series: SeriesCounts, word: string, scale: number): void {
  const [, count = "", , each] = /^(\d{1,12})(@(-?\d{1,9}(?:\.\d{1,6})?))?$/.exec(word) ?? [];
  if (count === "") {
    throw new UnfitTest(`"${word}" is no number of records, such as 100, 100x5, 50@0.25 or _`);
  }
  const amount = Math.round(Number(each ?? 0) * scale);
  series.counts[0] = (series.counts[0] ?? 0) + Number(count);
  if (series.sums !== undefined) series.sums[0] = (series.sums[0] ?? 0) + amount * Number(count);
  if (Number(count) > 0) series.sketch?.add(Math.max(0, amount), Number(count));
}
