import type { MetricSet } from "../../../runtime/counting/metric-set.ts";
import { Tally } from "../../../runtime/counting/tally.ts";

/** The tallies with which the pullers of a node count: a batch is counted without a pause, so those of one source share the tables of one. */
export class Tallies {
  readonly #metricsOf: (source: string) => MetricSet;
  readonly #tallies = new Map<string, Tally>();

  /** @param metricsOf what is counted of a source */
  constructor(metricsOf: (source: string) => MetricSet) {
    this.#metricsOf = metricsOf;
  }

  /** Whoever counts with it begins it first: it holds what somebody else has counted. */
  of(source: string): Tally {
    const tally = this.#tallies.get(source) ?? new Tally(this.#metricsOf(source));
    this.#tallies.set(source, tally);
    return tally;
  }
}
