import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { binOf, BINS_MAX } from "./dd-sketch.ts";
import { NumberTable } from "./number-table.ts";
import type { Row } from "./row.ts";
import { wholeOfSpan } from "./span-number.ts";
import type { ValuePlace, ValueTally } from "./value-tally.ts";

/** How many decimals of a unit make microseconds. */
const DECIMALS: Readonly<Record<MetricDefinition["unit"], number>> = { s: 6, ms: 3, us: 0 };
/** One more than there are bins: the first is that of zero. */
const BINS = BINS_MAX + 2;

interface Extremes {
  min: number;
  max: number;
}

/** How long things took: sums, and the bins from which percentiles are read. */
export class LatencyTally implements ValueTally {
  readonly #column: number;
  readonly #decimals: number;
  readonly #sums = new NumberTable();
  readonly #bins = new NumberTable();
  readonly #extremes = new Map<number, Extremes>();
  #read = 0;

  constructor(column: number, unit: MetricDefinition["unit"]) {
    this.#column = column;
    this.#decimals = DECIMALS[unit];
  }

  clear(): void {
    this.#sums.clear();
    this.#bins.clear();
    this.#extremes.clear();
  }

  read({ bytes, starts, ends }: Row): boolean {
    const start = starts[this.#column] as number;
    if (start < 0) return false;
    this.#read = wholeOfSpan(bytes, start, ends[this.#column] as number, this.#decimals);
    return this.#read >= 0;
  }

  add(place: number): void {
    const value = this.#read;
    this.#sums.add(place, value);
    this.#bins.add(place * BINS + (value < 1 ? 0 : 1 + binOf(value)), 1);
    const extremes = this.#extremes.get(place);
    if (extremes === undefined) this.#extremes.set(place, { min: value, max: value });
    else if (value < extremes.min) extremes.min = value;
    else if (value > extremes.max) extremes.max = value;
  }

  pourInto(at: (place: number) => ValuePlace): void {
    this.#sums.forEach((place, sum) => {
      const { series, cell } = at(place);
      if (series.sums !== undefined) series.sums[cell] = (series.sums[cell] as number) + sum;
      const { min, max } = this.#extremes.get(place) as Extremes;
      series.sketch?.note({ sum, min, max });
    });
    this.#bins.forEach((key, count) => {
      at(Math.floor(key / BINS)).series.sketch?.addBin((key % BINS) - 1, count);
    });
  }
}
