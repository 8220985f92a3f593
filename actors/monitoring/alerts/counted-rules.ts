import type { AlertRule } from "../../../protocols/alert-settings.ts";
import type { MetricDefinition } from "../../../protocols/metric-settings.ts";
import { sumsOf } from "../../../runtime/alerting/block-sums.ts";
import type { RuleSums } from "../../../runtime/alerting/facts.ts";
import type { Counts } from "../../../runtime/counting/counts.ts";
import type { PartitionView } from "../../../runtime/counting/watermark.ts";
import { BLOCK_MS } from "../../../runtime/counting/cells.ts";
import type { RouteContext } from "../../../runtime/net/route.ts";
import { askPartials } from "../ask-partials.ts";
import type { Counted, CountedPlaces } from "../ask-partials.ts";

type Asking = Pick<RouteContext, "ask">;

/** What rules look at, and where it is counted. */
export interface CountedMetrics extends CountedPlaces {
  readonly metrics: readonly MetricDefinition[];
}

/** What is asked of the counts in one look at them, each question once. */
export class CountedRules {
  readonly #source: CountedMetrics;
  readonly #nowMs: number;
  readonly #context: Asking;
  readonly #asked = new Map<string, Promise<Counted>>();

  constructor(source: CountedMetrics, nowMs: number, context: Asking) {
    this.#source = source;
    this.#nowMs = nowMs;
    this.#context = context;
  }

  /** Everything that a rule looks at from a block on, up to now. @throws Fault when a partition does not answer */
  async of(rule: AlertRule, from: number): Promise<RuleCounted> {
    const { metric = rule.metric, where = [] } = rule.of ?? {};
    const counted = await this.#counted(rule.metric, from);
    const divided = rule.of === undefined ? undefined : await this.#counted(metric, from);
    const sums = sumsOf(counted.counts, rule);
    const divisors = divided === undefined ? undefined : sumsOf(divided.counts, { metric, where });
    const awaited = [
      ...this.#awaited(rule.metric, counted.partitions),
      ...(divided === undefined || metric === rule.metric ? [] : this.#awaited(metric, divided.partitions)),
    ];
    return { counts: counted.counts, sums, divisors, partitions: awaited };
  }

  /** Rules of one metric look at much the same blocks, so they share what was read. */
  #counted(metric: string, from: number): Promise<Counted> {
    const key = `${metric} ${from}`;
    const asked =
      this.#asked.get(key) ??
      askPartials(
        this.#source,
        { metric, fromMs: from * BLOCK_MS, toMs: this.#nowMs, nowMs: this.#nowMs },
        this.#context,
      );
    this.#asked.set(key, asked);
    return asked;
  }

  /** Partitions in which the metric is not counted are not waited for. */
  #awaited(metric: string, partitions: readonly PartitionView[]): readonly PartitionView[] {
    const sources = this.#definition(metric)?.sources;
    if (sources === undefined) return partitions;
    return partitions.filter(({ id }) => sources.includes(id.slice(0, id.indexOf("/"))));
  }

  #definition(metric: string): MetricDefinition | undefined {
    return this.#source.metrics.find(({ name }) => name === metric);
  }
}

/** What was counted of what a rule looks at, and how far. */
export interface RuleCounted extends RuleSums {
  readonly counts: Counts;
  readonly partitions: readonly PartitionView[];
}
