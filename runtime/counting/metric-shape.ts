import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { METRIC_VALUES } from "../../protocols/metric-settings.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** What counts of a metric look like, whatever it was counted from: it stands beside the counts, so that settings may change. */
export interface MetricShape {
  readonly name: string;
  readonly value: MetricDefinition["value"];
  readonly dimensions: readonly { readonly name: string; readonly budget: number }[];
  readonly seriesMax: number;
  /** Sums are whole numbers of this part of one: 100 for hundredths. */
  readonly scale: number;
  /** How many of the most frequent are asked for. */
  readonly wanted: number;
}

/** How long something took is kept in microseconds. */
export const LATENCY_SCALE = 1_000_000;

/** The shape of what a metric counts. Pure. */
export function shapeOf({
  name,
  value,
  dimensions,
  seriesMax,
  decimals,
  wanted,
}: MetricDefinition): MetricShape {
  const scales = { latency: LATENCY_SCALE, sum: 10 ** decimals, count: 1, unique: 1, top: 1 } as const;
  const split = dimensions.map((dimension) => ({ name: dimension.name, budget: dimension.budget }));
  return { name, value, dimensions: split, seriesMax, scale: scales[value], wanted };
}

/** Counts of the same key can be added up: limits may differ. */
export function shapeKey({ name, value, dimensions, scale }: MetricShape): string {
  return [name, value, scale, ...dimensions.map((dimension) => dimension.name)].join(" ");
}

/** Writes a shape in front of its counts. */
export function writeShape(writer: ByteWriter, shape: MetricShape): void {
  writer.text(shape.name);
  writer.byte(METRIC_VALUES.indexOf(shape.value));
  writer.whole(shape.dimensions.length);
  for (const { name, budget } of shape.dimensions) {
    writer.text(name);
    writer.whole(budget);
  }
  writer.whole(shape.seriesMax);
  writer.whole(shape.scale);
  writer.whole(shape.wanted);
}

/** Reads it back. @throws RangeError for bytes that are none */
export function readShape(reader: ByteReader): MetricShape {
  const name = reader.text();
  const value = METRIC_VALUES[reader.byte()];
  if (value === undefined) throw new RangeError(`${name}: there is no such kind of value`);
  const dimensions: { name: string; budget: number }[] = [];
  for (let left = reader.whole(); left > 0; left--) {
    dimensions.push({ name: reader.text(), budget: reader.whole() });
  }
  return {
    name,
    value,
    dimensions,
    seriesMax: reader.whole(),
    scale: reader.whole(),
    wanted: reader.whole(),
  };
}
