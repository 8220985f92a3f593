import { NumberTable } from "./number-table.ts";
import type { Row } from "./row.ts";
import { wholeOfSpan } from "./span-number.ts";
import type { ValuePlace, ValueTally } from "./value-tally.ts";

/** Adds up a field. Sums are whole numbers, so that their order means nothing. */
export class SumTally implements ValueTally {
  readonly #column: number;
  readonly #decimals: number;
  readonly #sums = new NumberTable();
  #read = 0;

  constructor(column: number, decimals: number) {
    this.#column = column;
    this.#decimals = decimals;
  }

  clear(): void {
    this.#sums.clear();
  }

  read({ bytes, starts, ends }: Row): boolean {
    const start = starts[this.#column] as number;
    if (start < 0) return false;
    this.#read = wholeOfSpan(bytes, start, ends[this.#column] as number, this.#decimals);
    return !Number.isNaN(this.#read);
  }

  add(place: number): void {
    this.#sums.add(place, this.#read);
  }

  pourInto(at: (place: number) => ValuePlace): void {
    this.#sums.forEach((place, sum) => {
      const { series, cell } = at(place);
      if (series.sums !== undefined) series.sums[cell] = (series.sums[cell] as number) + sum;
    });
  }
}
