import { createHash } from "node:crypto";
import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { METRIC_VALUES } from "../../protocols/metric-settings.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** What counts of a metric look like, whatever it was counted from: it stands beside the counts, so that settings may change. */
export interface MetricShape {
  readonly name: string;
  /** Names the definition by which it was counted: another one begins another generation. Empty for what was counted before there were any. */
  readonly generation: string;
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
/** Of the digest of a definition; two of one metric are taken for one in one of four billion cases. */
const GENERATION_LETTERS = 8;
/** Beside the kind of value: a generation follows. */
const HAS_GENERATION = 0x80;
const NAME = /^[a-z][A-Za-z0-9_-]{0,31}$/;
/** What no definition goes beyond. */
const LIMITS = { dimensions: 16, budget: 10_000, seriesMax: 20_000, scale: 1_000_000, wanted: 100 } as const;

/** Names what a metric counts and of what; how much of it is told apart may change without another name. Pure. */
export function generationOf(definition: MetricDefinition): string {
  const { sources = [], where, dimensions, value, field = "", unit, decimals, as } = definition;
  const split = dimensions.map((dimension) => [dimension.name, dimension.field ?? "", dimension.as]);
  const conditions = where.map(({ field: of, is, isNot, startsWith }) => [of, is, isNot, startsWith]);
  const said = [[...sources].sort(), conditions, split, value, field, unit, decimals, as];
  return createHash("sha256").update(JSON.stringify(said)).digest("hex").slice(0, GENERATION_LETTERS);
}

/** The shape of what a metric counts. Pure. */
export function shapeOf(definition: MetricDefinition): MetricShape {
  const { name, value, dimensions, seriesMax, decimals, wanted } = definition;
  const scales = { latency: LATENCY_SCALE, sum: 10 ** decimals, count: 1, unique: 1, top: 1 } as const;
  const split = dimensions.map((dimension) => ({ name: dimension.name, budget: dimension.budget }));
  const generation = generationOf(definition);
  return { name, generation, value, dimensions: split, seriesMax, scale: scales[value], wanted };
}

/** Counts of the same key can be added up: limits may differ. */
export function shapeKey({ name, generation, value, dimensions, scale }: MetricShape): string {
  return [name, value, scale, ...dimensions.map((dimension) => dimension.name), generation].join(" ");
}

/** Writes a shape in front of its counts. */
export function writeShape(writer: ByteWriter, shape: MetricShape): void {
  writer.text(shape.name);
  const hasGeneration = shape.generation !== "";
  writer.byte(METRIC_VALUES.indexOf(shape.value) | (hasGeneration ? HAS_GENERATION : 0));
  if (hasGeneration) writer.text(shape.generation);
  writer.whole(shape.dimensions.length);
  for (const { name, budget } of shape.dimensions) {
    writer.text(name);
    writer.whole(budget);
  }
  writer.whole(shape.seriesMax);
  writer.whole(shape.scale);
  writer.whole(shape.wanted);
}

/** Reads it back. @throws RangeError for bytes that are none, or say what no definition says */
export function readShape(reader: ByteReader): MetricShape {
  const name = nameIn(reader);
  const kind = reader.byte();
  const value = METRIC_VALUES[kind & ~HAS_GENERATION];
  if (value === undefined) throw new RangeError(`${name}: there is no such kind of value`);
  const generation = (kind & HAS_GENERATION) === 0 ? "" : reader.text().slice(0, GENERATION_LETTERS);
  const dimensions: { name: string; budget: number }[] = [];
  for (let left = limitIn(reader, "dimensions"); left > 0; left--) {
    dimensions.push({ name: nameIn(reader), budget: limitIn(reader, "budget") });
  }
  const seriesMax = limitIn(reader, "seriesMax");
  const scale = Math.max(1, limitIn(reader, "scale"));
  return { name, generation, value, dimensions, seriesMax, scale, wanted: limitIn(reader, "wanted") };
}

function nameIn(reader: ByteReader): string {
  const name = reader.text();
  if (!NAME.test(name)) throw new RangeError("a metric or a dimension has no such name");
  return name;
}

function limitIn(reader: ByteReader, of: keyof typeof LIMITS): number {
  const limit = reader.whole();
  if (limit > LIMITS[of]) throw new RangeError(`no metric has a limit of ${limit} (${of})`);
  return limit;
}
