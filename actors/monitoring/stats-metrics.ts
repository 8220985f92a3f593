import type { RouteContext } from "../../runtime/net/route.ts";
import type { Metrics, Sample } from "../../runtime/telemetry/metrics.ts";
import { Fault } from "../../runtime/fault.ts";
import { askAccounts } from "./ask-partials.ts";
import { answerOf } from "./ask-stats.ts";
import type { StatsSource } from "./ask-stats.ts";
import { finalBegin, finalBlock, finalQuantiles, labelsOf, lagsOf, statesOf } from "./stats-samples.ts";
import type { CountedLately, PartitionAccount } from "./stats-samples.ts";

/** How old what is shown may be, in milliseconds: each look asks all partitions, and several may collect. */
const FRESH_MS = 10_000;
/** How far back the last block is looked for that is final, in milliseconds. */
const RANGE_MS = 1_800_000;
/** Series of a metric that are shown; of the others it is said how many there are. */
const SERIES_MAX = 200;
const QUANTILES = "0.5,0.9,0.99";

type Asking = Pick<RouteContext, "ask" | "wallMs">;

/** What the counts are asked with, and by which clock they are old. */
export interface StatsMetricsParts {
  readonly source: StatsSource;
  readonly context: Asking;
  /** On a clock that never jumps. */
  readonly nowMs: () => number;
}

interface Seen {
  readonly metrics: readonly CountedLately[];
  readonly accounts: readonly PartitionAccount[];
  readonly wallMs: number;
}

/** Adds what was counted of each metric in the last block that is final, and how complete and how late that is: of the whole cluster, and so the same at each node. */
export function addStatsMetrics(metrics: Metrics, parts: StatsMetricsParts): void {
  const looks = new Looks(parts);
  const dimensions = parts.source.metrics.flatMap((definition) => [...labelsOf(definition).values()]);
  const labels = ["metric", ...new Set(dimensions)];
  const each =
    (samples: (lately: CountedLately) => readonly Sample[]) => async (): Promise<readonly Sample[]> =>
      ((await looks.latest())?.metrics ?? []).flatMap(samples);
  const all = (samples: (seen: Seen) => readonly Sample[]) => async (): Promise<readonly Sample[]> => {
    const seen = await looks.latest();
    return seen === undefined ? [] : samples(seen);
  };
  addBlockMetrics(metrics, labels, each);
  metrics.gauge({
    name: "banyan_stats_completeness",
    help: "The share of the partitions that are counted up to 30 s ago.",
    labels: ["metric"],
    read: each(({ answer }) => [{ value: answer.completeness, labels: { metric: answer.metric } }]),
  });
  metrics.gauge({
    name: "banyan_stats_watermark_age_seconds",
    help: "How long ago the time is up to which everything is counted.",
    read: all(({ metrics: [first], wallMs }) => {
      const watermark = first?.answer.watermark ?? undefined;
      return watermark === undefined ? [] : [{ value: Math.max(0, wallMs - watermark) / 1_000 }];
    }),
  });
  metrics.gauge({
    name: "banyan_stats_answered",
    help: "1 when the counts could be asked, 0 when a partition did not answer: then there is nothing about them.",
    read: async () => ((await looks.latest()) === undefined ? 0 : 1),
  });
  addPartitionMetrics(metrics, all);
}

type Each = (samples: (lately: CountedLately) => readonly Sample[]) => () => Promise<readonly Sample[]>;
type All = (samples: (seen: Seen) => readonly Sample[]) => () => Promise<readonly Sample[]>;

function addBlockMetrics(metrics: Metrics, labels: readonly string[], each: Each): void {
  metrics.gauge({
    name: "banyan_stats_block_start_seconds",
    help: "When the last time block of 180 s began that is final, in seconds since 1970.",
    labels: ["metric"],
    read: each(finalBegin),
  });
  metrics.gauge({
    name: "banyan_stats_block_records",
    help: "Records of a metric in the last time block that is final, by its dimensions of few values.",
    labels,
    read: each((lately) => finalBlock(lately, ({ count }, point) => count[point])),
  });
  metrics.gauge({
    name: "banyan_stats_block_sum",
    help: "The sum of the values of a metric in that block.",
    labels,
    read: each((lately) => finalBlock(lately, ({ sum }, point) => sum?.[point])),
  });
  metrics.gauge({
    name: "banyan_stats_block_unique",
    help: "How many different values a metric has in that block.",
    labels,
    read: each((lately) => finalBlock(lately, ({ unique }, point) => unique?.[point])),
  });
  metrics.gauge({
    name: "banyan_stats_block_latency_seconds",
    help: "Quantiles of a latency in that block.",
    labels: [...labels, "quantile"],
    read: each(finalQuantiles),
  });
  metrics.gauge({
    name: "banyan_stats_series_left_out",
    help: "Series of a metric that are not shown here, because it has too many.",
    labels: ["metric"],
    read: each(({ answer }) => [{ value: answer.more, labels: { metric: answer.metric } }]),
  });
}

function addPartitionMetrics(metrics: Metrics, all: All): void {
  metrics.gauge({
    name: "banyan_stats_partitions",
    help: "Partitions of a source, by how they stand.",
    labels: ["source", "state"],
    read: all(({ accounts }) => statesOf(accounts)),
  });
  metrics.gauge({
    name: "banyan_stats_lag_seconds",
    help: "How far the last partition of a source is behind its log.",
    labels: ["source"],
    read: all(({ accounts }) => lagsOf(accounts)),
  });
}

/** Asks for the counts, but not again and again: all numbers of one look are as of one time. */
class Looks {
  readonly #parts: StatsMetricsParts;
  #latest: Promise<Seen | undefined> | undefined = undefined;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: StatsMetricsParts) {
    this.#parts = parts;
  }

  /** Undefined when a partition does not answer. */
  latest(): Promise<Seen | undefined> {
    const nowMs = this.#parts.nowMs();
    if (this.#latest === undefined || nowMs - this.#askedAtMs > FRESH_MS) {
      this.#askedAtMs = nowMs;
      this.#latest = this.#look();
    }
    return this.#latest;
  }

  async #look(): Promise<Seen | undefined> {
    const { source, context } = this.#parts;
    try {
      const accounts = await askAccounts(source, context);
      const metrics: CountedLately[] = [];
      for (const definition of source.metrics) {
        const labels = labelsOf(definition);
        const answer = await answerOf(source, questionOf(definition.name, labels, context.wallMs()), context);
        if (!("status" in answer)) metrics.push({ answer, labels });
      }
      return { metrics, accounts, wallMs: context.wallMs() };
    } catch (error) {
      if (error instanceof Fault) return undefined;
      throw error;
    }
  }
}

function questionOf(metric: string, labels: ReadonlyMap<string, string>, nowMs: number): URLSearchParams {
  const by = [...labels.keys()].join(",");
  const range = { from: String(nowMs - RANGE_MS), to: String(nowMs) };
  return new URLSearchParams({ metric, ...range, by, top: String(SERIES_MAX), q: QUANTILES });
}
