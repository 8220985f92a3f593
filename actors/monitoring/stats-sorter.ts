import type { BlockCounts } from "../../runtime/counting/block-counts.ts";
import { keyOf, valuesOf } from "../../runtime/counting/block-counts.ts";
import { BLOCK_MS, CELL_MS, CELLS_PER_BLOCK } from "../../runtime/counting/cells.ts";
import { DdSketch } from "../../runtime/counting/dd-sketch.ts";
import { HyperLogLog } from "../../runtime/counting/hyper-log-log.ts";
import { shapeKey } from "../../runtime/counting/metric-shape.ts";
import type { MetricShape } from "../../runtime/counting/metric-shape.ts";
import { SeriesCounts } from "../../runtime/counting/series-counts.ts";
import type { SpaceSaving } from "../../runtime/counting/space-saving.ts";
import type { GivingWay } from "../../runtime/time/giving-way.ts";
import type { MemoryShare } from "./answer-memory.ts";
import type { StatsQuestion } from "./stats-question.ts";

/** Combinations of values among which the largest are looked for. */
export const SERIES_MAX = 50_000;
/** While there are no more values than this, all combinations are sorted into points at once; else only those that are shown, in a second pass. */
const COLUMN_VALUES_MAX = 500_000;
/** Series of which it is remembered where they belong. */
const KNOWN_MAX = 100_000;
/** So many series are sorted between two looks at the clock. */
const SERIES_AT_A_TIME = 250;
/** What a combination of values takes beside its texts, and a value of a column beside what is in it, in bytes. */
const ENTRY_BYTES = 300;
const POINT_BYTES = 16;
const LETTER_BYTES = 2;

/** What a question gets of one combination of values. */
export interface Column {
  readonly values: Readonly<Record<string, string>>;
  readonly counts: Float64Array;
  /** In the parts of one that the metric keeps. */
  readonly sums: Float64Array;
  /** By point, where quantiles are asked for. */
  readonly sketches: Map<number, DdSketch>;
  /** By point, where different values are counted. */
  readonly uniques: Map<number, HyperLogLog>;
  /** Of the whole range. */
  readonly unique: HyperLogLog | undefined;
  readonly top: SpaceSaving | undefined;
}

/** A combination of values with how many records it has in the whole range. */
interface Entry {
  readonly key: string;
  readonly values: readonly string[];
  total: number;
  /** Undefined while there are too many combinations, and of one that is not shown. */
  column: Column | undefined;
}

/** What counts are sorted for. */
export interface Sorting {
  readonly question: StatsQuestion;
  /** How the metric is counted now. */
  readonly shape: MetricShape;
  /** The combinations that are shown; undefined as long as that is not known. */
  readonly chosen?: ReadonlySet<string>;
  readonly memory: MemoryShare;
}

/** There are more combinations of values than can be ranked. */
export class TooManySeries extends Error {}

/** Whether more than numbers is kept of each combination: then the largest are found by their counts alone before anything else of them is kept. Pure. */
function isHeavy({ by, quantiles }: StatsQuestion, { value }: Pick<MetricShape, "value">): boolean {
  if (by.length === 0) return false;
  return value === "unique" || value === "top" || (value === "latency" && quantiles.length > 0);
}

/** Sorts what was counted into the points and the series that were asked for. */
export class StatsSorter {
  readonly #sorting: Sorting;
  readonly entries = new Map<string, Entry>();
  /** From when on each way of counting is in the range. */
  readonly generations = new Map<string, number>();
  folded = 0;
  revisions = 0;
  #columns = 0;
  #hasColumns: boolean;
  /** Where series belong, by their keys in the blocks of one shape: the same come again in each. */
  #known = new Map<string, Entry | undefined>();
  #knownOf = "";

  constructor(sorting: Sorting) {
    this.#sorting = sorting;
    this.#hasColumns = sorting.chosen !== undefined || !isHeavy(sorting.question, sorting.shape);
  }

  /** Whether there are no columns, because those of all combinations would hold too much: those that are shown have to be sorted once more. */
  get needsChoice(): boolean {
    return !this.#hasColumns;
  }

  /** Adds a block. @throws TooManySeries, NoMemory */
  async add(number: number, block: BlockCounts, shape: MetricShape, way: GivingWay): Promise<void> {
    const { question } = this.#sorting;
    const place = (name: string): number =>
      shape.dimensions.findIndex((dimension) => dimension.name === name);
    // What was counted while the metric had no such dimension cannot be split by it.
    if ([...question.where.keys(), ...question.by].some((name) => place(name) < 0)) return;
    this.#note(number, block, shape);
    const told: Told = {
      by: question.by.map(place),
      where: [...question.where].map(([name, value]) => [place(name), value] as const),
      points: pointsIn(number, question.points),
      perPart: this.#sorting.shape.scale / shape.scale,
    };
    this.#look(shape);
    let left = SERIES_AT_A_TIME;
    for (const [key, series] of block.series) {
      if (left-- === 0) {
        await way.pause();
        left = SERIES_AT_A_TIME;
      }
      const entry = this.#entryOf(key, told);
      if (entry !== undefined) this.#pour(series, entry, told);
    }
  }

  #note(number: number, block: BlockCounts, { generation }: MetricShape): void {
    this.folded += block.folded;
    this.revisions += block.revisions;
    const fromMs = number * BLOCK_MS;
    this.generations.set(generation, Math.min(fromMs, this.generations.get(generation) ?? fromMs));
  }

  #look(shape: MetricShape): void {
    const of = shapeKey(shape);
    if (of === this.#knownOf && this.#known.size < KNOWN_MAX) return;
    this.#known = new Map();
    this.#knownOf = of;
  }

  /** Where a series belongs; undefined when it is not asked for. */
  #entryOf(seriesKey: string, { by, where }: Told): Entry | undefined {
    const known = this.#known.get(seriesKey);
    if (known !== undefined || this.#known.has(seriesKey)) return known;
    const all = by.length + where.length === 0 ? [] : valuesOf(seriesKey);
    const isWanted = where.every(([at, value]) => all[at] === value);
    const values = by.map((at) => all[at] ?? "");
    const key = keyOf(values);
    const entry = isWanted ? (this.entries.get(key) ?? this.#newEntry(key, values)) : undefined;
    this.#known.set(seriesKey, entry);
    return entry;
  }

  #newEntry(key: string, values: readonly string[]): Entry {
    if (this.entries.size >= SERIES_MAX) throw new TooManySeries();
    this.#sorting.memory.take(ENTRY_BYTES + LETTER_BYTES * key.length, "by");
    const entry = { key, values, total: 0, column: undefined };
    this.entries.set(key, entry);
    return entry;
  }

  #pour(series: SeriesCounts, entry: Entry, { points, perPart }: Told): void {
    const { counts, sums } = series;
    let total = 0;
    for (let cell = 0; cell < counts.length; cell++) {
      if ((points[cell] as number) >= 0) total += counts[cell] as number;
    }
    if (total === 0) return;
    entry.total += total;
    const column = (entry.column ??= this.#newColumn(entry));
    if (column === undefined) return;
    for (let cell = 0; cell < counts.length; cell++) {
      const point = points[cell] as number;
      if (point < 0) continue;
      column.counts[point] = (column.counts[point] as number) + (counts[cell] as number);
      const sum = (sums?.[cell] ?? 0) * perPart;
      column.sums[point] = (column.sums[point] as number) + sum;
    }
    this.#merge(series, column, points[0] as number);
  }

  #newColumn({ key, values }: Entry): Column | undefined {
    const { question, shape, chosen, memory } = this.#sorting;
    if (!this.#hasColumns || chosen?.has(key) === false) return undefined;
    const { by, points } = question;
    if (chosen === undefined && ++this.#columns * points.starts.length > COLUMN_VALUES_MAX) {
      this.#hasColumns = false;
      for (const entry of this.entries.values()) entry.column = undefined;
      return undefined;
    }
    memory.take(ENTRY_BYTES + POINT_BYTES * points.starts.length, "top");
    const whole = new SeriesCounts(shape);
    return {
      values: Object.fromEntries(by.map((name, index) => [name, values[index] ?? ""])),
      counts: new Float64Array(points.starts.length),
      sums: new Float64Array(points.starts.length),
      sketches: new Map(),
      uniques: new Map(),
      unique: whole.unique,
      top: whole.top,
    };
  }

  /** Adds what is kept of a block as a whole. */
  #merge({ sketch, unique, top }: SeriesCounts, column: Column, point: number): void {
    const { quantiles } = this.#sorting.question;
    const { sketches, uniques } = column;
    this.#grow(column.top, top);
    this.#grow(column.unique, unique);
    if (point < 0) return;
    if (unique !== undefined) this.#grow(mapped(uniques, point, newUnique), unique);
    if (sketch === undefined || quantiles.length === 0) return;
    this.#grow(mapped(sketches, point, newSketch), sketch);
  }

  #grow<T extends Growing<T>>(kept: T | undefined, more: T | undefined): void {
    if (kept === undefined || more === undefined) return;
    const before = kept.memoryBytes;
    kept.merge(more);
    this.#sorting.memory.take(kept.memoryBytes - before, "top");
  }
}

/** What is kept of a series beside numbers, and takes more memory the more is added. */
interface Growing<T> {
  readonly memoryBytes: number;
  merge(more: T): void;
}

/** How a block is read. */
interface Told {
  /** Where the dimensions stand in it by which it is split. */
  readonly by: readonly number[];
  readonly where: readonly (readonly [at: number, value: string])[];
  /** The point of each cell; -1 outside of the range. */
  readonly points: readonly number[];
  /** How many parts of today are one part of its sums. */
  readonly perPart: number;
}

function pointsIn(number: number, points: StatsQuestion["points"]): number[] {
  return Array.from({ length: CELLS_PER_BLOCK }, (_, cell) =>
    points.indexOf(number * BLOCK_MS + cell * CELL_MS),
  );
}

function newSketch(): DdSketch {
  return new DdSketch();
}

function newUnique(): HyperLogLog {
  return new HyperLogLog();
}

function mapped<T>(map: Map<number, T>, point: number, make: () => T): T {
  const present = map.get(point);
  if (present !== undefined) return present;
  const made = make();
  map.set(point, made);
  return made;
}
