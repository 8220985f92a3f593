import { derivationsOf } from "./derived-field.ts";
import type { Derive, Spans } from "./derived-field.ts";

interface Rule {
  readonly field: number;
  /** Which of the wanted fields it is taken from. */
  readonly from: number;
  readonly derive: Derive;
}

/** The fields that are wanted of records of which each has fields of its own: what one of them lacks is taken from others that it has, such as `uri` from `request_uri`. */
export class DerivedFields {
  /** Those that are wanted, and behind them those that they may be taken from. */
  readonly wanted: readonly string[];
  readonly #count: number;
  readonly #rules: readonly Rule[];

  constructor(fields: readonly string[]) {
    const sources = fields.flatMap(derivationsOf).map(({ from }) => from);
    this.wanted = [...fields, ...new Set(sources.filter((name) => !fields.includes(name)))];
    this.#count = fields.length;
    this.#rules = fields.flatMap((name, field) =>
      derivationsOf(name).map(({ from, derive }) => ({ field, from: this.wanted.indexOf(from), derive })),
    );
  }

  /** Fills a row from what was found of the wanted fields in its record, which may be the row itself. */
  fill(row: Spans, found: Pick<Spans, "starts" | "ends"> = row): void {
    if (found !== row) this.#copy(row, found);
    for (let index = 0; index < this.#rules.length; index++) {
      const { field, from, derive } = this.#rules[index] as Rule;
      const [start, end] = [found.starts[from] as number, found.ends[from] as number];
      if (start >= 0 && (row.starts[field] as number) < 0) derive(row, field, start, end);
    }
  }

  #copy({ starts, ends }: Spans, found: Pick<Spans, "starts" | "ends">): void {
    for (let field = 0; field < this.#count; field++) {
      starts[field] = found.starts[field] as number;
      ends[field] = found.ends[field] as number;
    }
  }
}
