import type { BlockCounts } from "../../runtime/counting/block-counts.ts";
import { keyOf, valuesOf } from "../../runtime/counting/block-counts.ts";
import { BLOCK_MS, CELL_MS } from "../../runtime/counting/cells.ts";
import type { Counts } from "../../runtime/counting/counts.ts";
import type { MetricShape } from "../../runtime/counting/metric-shape.ts";
import { SeriesCounts } from "../../runtime/counting/series-counts.ts";
import type { StatsQuestion } from "./stats-question.ts";

/** What a question gets of one combination of values. */
interface Column {
  readonly values: Readonly<Record<string, string>>;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  /** By point: what is kept of a block as a whole. */
  readonly points: Map<number, SeriesCounts>;
  /** The same of the whole range. */
  readonly whole: SeriesCounts;
  total: number;
}

/** What a question gets of all that was counted. */
export interface Columns {
  readonly shape: MetricShape | undefined;
  readonly columns: readonly Column[];
  readonly folded: number;
  readonly revisions: number;
}

/** Sorts what was counted into the points and the series that were asked for. Pure. */
export function columnsOf(counts: Counts, question: StatsQuestion): Columns {
  const sorter = new Sorter(question);
  counts.forEachBlock(question.metric, (number, block, shape) => sorter.add(number, block, shape));
  return sorter.done();
}

class Sorter {
  readonly #question: StatsQuestion;
  readonly #columns = new Map<string, Column>();
  #shape: MetricShape | undefined = undefined;
  #folded = 0;
  #revisions = 0;

  constructor(question: StatsQuestion) {
    this.#question = question;
  }

  add(number: number, block: BlockCounts, shape: MetricShape): void {
    this.#shape ??= shape;
    const names = shape.dimensions.map(({ name }) => name);
    const { where, by } = this.#question;
    // What was counted while the metric had no such dimension cannot be split by it.
    if ([...where.keys(), ...by].some((name) => !names.includes(name))) return;
    this.#folded += block.folded;
    this.#revisions += block.revisions;
    for (const [key, series] of block.series) {
      const values = valuesOf(key);
      const valueOf = (name: string): string => values[names.indexOf(name)] ?? "";
      const isWanted = [...where].every(([name, value]) => valueOf(name) === value);
      if (isWanted) this.#pour(number, series, this.#column(by.map(valueOf), shape));
    }
  }

  done(): Columns {
    const columns = [...this.#columns.values()].filter(({ total }) => total > 0);
    columns.sort((a, b) => b.total - a.total);
    return { shape: this.#shape, columns, folded: this.#folded, revisions: this.#revisions };
  }

  #column(values: readonly string[], shape: MetricShape): Column {
    const key = keyOf(values);
    const present = this.#columns.get(key);
    if (present !== undefined) return present;
    const { by, points } = this.#question;
    const added: Column = {
      values: Object.fromEntries(by.map((name, index) => [name, values[index] ?? ""])),
      counts: new Float64Array(points.starts.length),
      sums: new Float64Array(points.starts.length),
      points: new Map(),
      whole: new SeriesCounts(shape),
      total: 0,
    };
    this.#columns.set(key, added);
    return added;
  }

  #pour(number: number, series: SeriesCounts, column: Column): void {
    const { points } = this.#question;
    let isIn = false;
    series.counts.forEach((count, cell) => {
      const point = points.indexOf(number * BLOCK_MS + cell * CELL_MS);
      if (point < 0 || count === 0) return;
      isIn = true;
      column.total += count;
      column.counts[point] = (column.counts[point] as number) + count;
      column.sums[point] = (column.sums[point] as number) + (series.sums?.[cell] ?? 0);
    });
    if (!isIn) return;
    const point = points.indexOf(number * BLOCK_MS);
    column.whole.merge(series);
    if (point < 0 || this.#shape === undefined) return;
    const at = column.points.get(point) ?? new SeriesCounts(this.#shape);
    column.points.set(point, at);
    at.merge(series);
  }
}
