import { keyOf } from "./block-counts.ts";
import type { DimensionValues } from "./dimension-values.ts";
import { NumberTable } from "./number-table.ts";
import type { Row } from "./row.ts";

/** More values than a dimension can have. */
const RADIX = 65_536;

/** Gives each combination of values of a batch a number, from 0 on: dimension after dimension, so that no key is longer than a number. */
export class SeriesNumbers {
  readonly #dimensions: readonly DimensionValues[];
  /** For each dimension after the first: the pairs of what stands before it and its value. */
  readonly #pairs: readonly PairNumbers[];

  constructor(dimensions: readonly DimensionValues[]) {
    this.#dimensions = dimensions;
    this.#pairs = dimensions.slice(1).map(() => new PairNumbers());
  }

  clear(): void {
    for (const dimension of this.#dimensions) dimension.clear();
    for (const pairs of this.#pairs) pairs.clear();
  }

  numberOf(row: Row): number {
    const dimensions = this.#dimensions;
    if (dimensions.length === 0) return 0;
    let number = (dimensions[0] as DimensionValues).numberOf(row);
    for (let index = 1; index < dimensions.length; index++) {
      const value = (dimensions[index] as DimensionValues).numberOf(row);
      number = (this.#pairs[index - 1] as PairNumbers).numberOf(number * RADIX + value);
    }
    return number;
  }

  /** The key of a series, by its number. */
  keyOf(number: number): string {
    const values: string[] = [];
    let rest = number;
    for (let index = this.#dimensions.length - 1; index >= 0; index--) {
      const pair = index === 0 ? rest : (this.#pairs[index - 1] as PairNumbers).pairOf(rest);
      values.unshift((this.#dimensions[index] as DimensionValues).textOf(pair % RADIX));
      rest = Math.floor(pair / RADIX);
    }
    return keyOf(values);
  }
}

class PairNumbers {
  readonly #numbers = new NumberTable();
  readonly #pairs: number[] = [];

  clear(): void {
    this.#numbers.clear();
    this.#pairs.length = 0;
  }

  numberOf(pair: number): number {
    const known = this.#numbers.get(pair);
    if (known > 0) return known - 1;
    this.#pairs.push(pair);
    this.#numbers.add(pair, this.#pairs.length);
    return this.#pairs.length - 1;
  }

  pairOf(number: number): number {
    return this.#pairs[number] as number;
  }
}
