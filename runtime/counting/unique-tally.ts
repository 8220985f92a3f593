import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { pathEnd } from "./dimension-values.ts";
import { HyperLogLog } from "./hyper-log-log.ts";
import type { Row } from "./row.ts";
import { hashSpan } from "./span-table.ts";
import type { ValuePlace, ValueTally } from "./value-tally.ts";

/** How many different values of a field there are. */
export class UniqueTally implements ValueTally {
  readonly #column: number;
  readonly #form: MetricDefinition["as"];
  readonly #seen = new Map<number, HyperLogLog>();
  readonly #hashes = { a: 0, b: 0 };

  constructor(column: number, form: MetricDefinition["as"]) {
    this.#column = column;
    this.#form = form;
  }

  clear(): void {
    this.#seen.clear();
  }

  read({ bytes, starts, ends }: Row): boolean {
    const start = starts[this.#column] as number;
    if (start < 0) return false;
    const end = ends[this.#column] as number;
    hashSpan(bytes, start, this.#form === "path" ? pathEnd(bytes, start, end) : end, this.#hashes);
    return true;
  }

  add(place: number): void {
    const seen = this.#seen.get(place) ?? new HyperLogLog();
    this.#seen.set(place, seen);
    seen.add(this.#hashes.a, this.#hashes.b);
  }

  pourInto(at: (place: number) => ValuePlace): void {
    for (const [place, seen] of this.#seen) at(place).series.unique?.merge(seen);
  }
}
