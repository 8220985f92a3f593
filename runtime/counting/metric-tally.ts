import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { OTHER, valuesOf } from "./block-counts.ts";
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
import type { ValueTally } from "./value-tally.ts";

/** More cells than a batch can reach into. */
const CELLS_MAX = 4_096;

/** What one metric makes of the rows of one batch. */
export class MetricTally {
  readonly #shape: MetricShape;
  readonly #conditions: readonly Condition[];
  readonly #series: SeriesNumbers;
  readonly #counts = new NumberTable();
  readonly #value: ValueTally | undefined;

  /** @param column tells where a field stands in a row */
  constructor(definition: MetricDefinition, column: (field: string) => number) {
    this.#shape = shapeOf(definition);
    this.#conditions = compileConditions(definition.where, column);
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
    const keys = new Map<number, string>();
    const keyOf = (series: number): string => {
      const key = keys.get(series) ?? this.#series.keyOf(series);
      keys.set(series, key);
      return key;
    };
    this.#counts.forEach((place, count) => {
      const cell = place % CELLS_MAX;
      const key = keyOf(Math.floor(place / CELLS_MAX));
      const block = counts.block(this.#shape, first + Math.floor(cell / CELLS_PER_BLOCK));
      const into = block.at(key, this.#shape);
      into.counts[cell % CELLS_PER_BLOCK] = (into.counts[cell % CELLS_PER_BLOCK] as number) + count;
      if (valuesOf(key).includes(OTHER)) block.folded += count;
    });
    this.#value?.pourInto((place) => {
      const cell = place % CELLS_MAX;
      const block = counts.block(this.#shape, first + Math.floor(cell / CELLS_PER_BLOCK));
      return {
        series: block.at(keyOf(Math.floor(place / CELLS_MAX)), this.#shape),
        cell: cell % CELLS_PER_BLOCK,
      };
    });
  }
}
