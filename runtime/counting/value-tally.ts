import type { Row } from "./row.ts";
import type { SeriesCounts } from "./series-counts.ts";

/** Where what was tallied belongs. */
export interface ValuePlace {
  readonly series: SeriesCounts;
  /** The cell within its block. */
  readonly cell: number;
}

/** What a batch makes of the values of its rows besides counting them. A place is a series and a cell as one number. */
export interface ValueTally {
  clear(): void;
  /** Reads the value of a row; answers whether there is one. */
  read(row: Row): boolean;
  /** Adds the value that was read. */
  add(place: number, row: Row): void;
  pourInto(at: (place: number) => ValuePlace): void;
}
