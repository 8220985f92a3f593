import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { pathEnd } from "./dimension-values.ts";
import { NumberTable } from "./number-table.ts";
import type { Row } from "./row.ts";
import { SpaceSaving } from "./space-saving.ts";
import { SpanTable } from "./span-table.ts";
import type { ValuePlace, ValueTally } from "./value-tally.ts";

/** How many different values are counted in one batch; of all others only the sum is known. */
const THINGS_MAX = 4_095;
/** How many of a batch are kept for each that is asked for: twice as many as are followed. */
const KEPT_FACTOR = 20;
/** One more: the last is that of all others. */
const THINGS = THINGS_MAX + 1;

/** Which values of a field are the most frequent. */
export class TopTally implements ValueTally {
  readonly #column: number;
  readonly #form: MetricDefinition["as"];
  readonly #kept: number;
  readonly #things = new SpanTable();
  readonly #counts = new NumberTable();
  #read = 0;

  constructor(column: number, { as, wanted }: Pick<MetricDefinition, "as" | "wanted">) {
    this.#column = column;
    this.#form = as;
    this.#kept = KEPT_FACTOR * wanted;
  }

  clear(): void {
    this.#things.clear();
    this.#counts.clear();
  }

  read({ bytes, starts, ends }: Row): boolean {
    const start = starts[this.#column] as number;
    if (start < 0) return false;
    const end = ends[this.#column] as number;
    const cut = this.#form === "path" ? pathEnd(bytes, start, end) : end;
    const thing = this.#things.numberOf(bytes, start, cut, THINGS_MAX);
    this.#read = thing < 0 ? THINGS_MAX : thing;
    return true;
  }

  add(place: number): void {
    this.#counts.add(place * THINGS + this.#read, 1);
  }

  pourInto(at: (place: number) => ValuePlace): void {
    const items = new Map<number, Counted[]>();
    const rest = new Map<number, number>();
    this.#counts.forEach((key, count) => {
      const place = Math.floor(key / THINGS);
      const thing = key % THINGS;
      const list = items.get(place) ?? [];
      items.set(place, list);
      if (thing === THINGS_MAX) rest.set(place, count);
      else list.push({ thing, count });
    });
    for (const [place, list] of items) {
      at(place).series.top?.merge(this.#summary(list, rest.get(place) ?? 0));
    }
  }

  /** What is so rare that it would not be followed anyway is not even made a text of. */
  #summary(list: Counted[], rest: number): SpaceSaving {
    list.sort((a, b) => b.count - a.count || a.thing - b.thing);
    const kept = list.slice(0, this.#kept);
    const floor = Math.max(rest, list[this.#kept]?.count ?? 0);
    const items = kept.map(({ thing, count }) => ({ value: this.#things.textOf(thing), count, error: 0 }));
    return new SpaceSaving(this.#kept, items, floor);
  }
}

interface Counted {
  readonly thing: number;
  readonly count: number;
}
