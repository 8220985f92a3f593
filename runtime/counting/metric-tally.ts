import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import type { BlockCounts } from "./block-counts.ts";
import { CELLS_PER_BLOCK } from "./cells.ts";
import { compileConditions } from "./condition.ts";
import type { Condition } from "./condition.ts";
import type { Counts } from "./counts.ts";
import { DimensionValues } from "./dimension-values.ts";
import { shapeOf } from "./metric-shape.ts";
import type { MetricShape } from "./metric-shape.ts";
import { newValueTally } from "./new-value-tally.ts";
import { NumberTable } from "./number-table.ts";
import type { Row } from "./row.ts";
import { SeriesNumbers } from "./series-numbers.ts";
import type { ValuePlace, ValueTally } from "./value-tally.ts";

/** More cells than a batch can reach into. */
const CELLS_MAX = 4_096;

/** What one metric makes of the rows of one batch. */
export class MetricTally {
  readonly #shape: MetricShape;
  readonly #conditions: readonly Condition[];
  readonly #series: SeriesNumbers;
  readonly #counts = new NumberTable();
  readonly #value: ValueTally | undefined;

  /** @param column tells where a field stands in a row; `isMeant`: its conditions do not matter */
  constructor(definition: MetricDefinition, column: (field: string) => number, isMeant = false) {
    this.#shape = shapeOf(definition);
    this.#conditions = isMeant ? [] : compileConditions(definition.where, column);
    this.#series = new SeriesNumbers(
      definition.dimensions.map(
        (dimension) => new DimensionValues(dimension, column(dimension.field ?? dimension.name)),
      ),
    );
    this.#value = newValueTally(definition, column);
  }

  clear(): void {
    this.#series.clear();
    this.#counts.clear();
    this.#value?.clear();
  }

  /** @param cell counted from the first that may be */
  add(row: Row, cell: number): void {
    for (const condition of this.#conditions) if (!condition(row)) return;
    const value = this.#value;
    if (value !== undefined && !value.read(row)) return;
    const series = this.#series.numberOf(row);
    const place = series * CELLS_MAX + cell;
    this.#counts.add(place, 1);
    value?.add(place, row);
  }

  /** Adds what was counted to counts that begin with block `first`. */
  pourInto(counts: Counts, first: number): void {
    const places = new Places(this.#series, (block) => counts.block(this.#shape, first + block), this.#shape);
    this.#counts.forEach((place, count) => {
      const { series, cell } = places.at(place);
      series.counts[cell] = (series.counts[cell] as number) + count;
    });
    this.#value?.pourInto((place) => places.at(place));
  }
}

/** Where the counters of a batch belong: found once for each, because several values are kept of one place. */
class Places {
  readonly #series: SeriesNumbers;
  readonly #blockAt: (block: number) => BlockCounts;
  readonly #shape: MetricShape;
  readonly #keys = new Map<number, string>();
  readonly #blocks = new Map<number, BlockCounts>();
  readonly #places = new Map<number, ValuePlace>();

  constructor(series: SeriesNumbers, blockAt: (block: number) => BlockCounts, shape: MetricShape) {
    this.#series = series;
    this.#blockAt = blockAt;
    this.#shape = shape;
  }

  at(place: number): ValuePlace {
    const known = this.#places.get(place);
    if (known !== undefined) return known;
    const key = this.#keyOf(Math.floor(place / CELLS_MAX));
    const cell = place % CELLS_MAX;
    const block = this.#blockOf(Math.floor(cell / CELLS_PER_BLOCK));
    const found = { series: block.at(key, this.#shape), cell: cell % CELLS_PER_BLOCK };
    this.#places.set(place, found);
    return found;
  }

  #keyOf(series: number): string {
    const key = this.#keys.get(series) ?? this.#series.keyOf(series);
    this.#keys.set(series, key);
    return key;
  }

  #blockOf(number: number): BlockCounts {
    const block = this.#blocks.get(number) ?? this.#blockAt(number);
    this.#blocks.set(number, block);
    return block;
  }
}
