import type { Mover } from "../../../protocols/alert-rule.ts";
import type { AlertRule } from "../../../protocols/alert-settings.ts";
import type { MetricDefinition } from "../../../protocols/metric-settings.ts";
import { BlockSums } from "../../../runtime/alerting/block-sums.ts";
import { divisorOf } from "../../../runtime/alerting/facts.ts";
import type { RuleSums } from "../../../runtime/alerting/facts.ts";
import { BEFORE_BLOCKS, Movers } from "../../../runtime/alerting/movers.ts";
import type { BlockCounts } from "../../../runtime/counting/block-counts.ts";
import { BLOCK_MS } from "../../../runtime/counting/cells.ts";
import type { BlockRange, Counts } from "../../../runtime/counting/counts.ts";
import type { MetricShape } from "../../../runtime/counting/metric-shape.ts";
import type { PartitionView } from "../../../runtime/counting/watermark.ts";
import type { RouteContext } from "../../../runtime/net/route.ts";
import { GivingWay } from "../../../runtime/time/giving-way.ts";
import { askAccounts, askEach } from "../ask-partials.ts";
import type { CountedPlaces } from "../ask-partials.ts";

type Asking = Pick<RouteContext, "ask" | "wallMs">;

/** What rules look at, and where it is counted. */
export interface CountedMetrics extends CountedPlaces {
  readonly metrics: readonly MetricDefinition[];
}

/** Takes in what was counted in blocks. */
interface BlockTaker {
  add(number: number, block: BlockCounts, shape: MetricShape): void;
}

interface AskedCounts {
  readonly range: BlockRange;
  readonly parts: Promise<readonly Counts[]>;
}

/** What is asked of the counts in one look at them. */
export class CountedRules {
  readonly #source: CountedMetrics;
  readonly #context: Asking;
  /** What was asked last, by metric: rules of one metric look at much the same blocks. */
  readonly #asked = new Map<string, AskedCounts>();
  #partitions: Promise<readonly PartitionView[]> | undefined = undefined;
  #latest: Promise<void> = Promise.resolve();

  constructor(source: CountedMetrics, context: Asking) {
    this.#source = source;
    this.#context = context;
  }

  /** How far the partitions are that a rule waits for. @throws Fault when one does not answer */
  async awaitedBy(rule: AlertRule): Promise<readonly PartitionView[]> {
    this.#partitions ??= this.#views();
    const sources = this.#sourcesOf(rule.metric);
    const others = rule.of?.metric === undefined ? sources : this.#sourcesOf(rule.of.metric);
    const partitions = await this.#partitions;
    // Partitions in which the metric is not counted are not waited for.
    if (sources === undefined || others === undefined) return partitions;
    return partitions.filter(({ id }) => [...sources, ...others].includes(id.slice(0, id.indexOf("/"))));
  }

  /** What everything comes to that a rule looks at. @throws Fault when a partition does not answer */
  async sumsOf(rule: AlertRule, range: BlockRange): Promise<RuleSums> {
    const sums = new BlockSums(rule);
    await this.#pour(rule.metric, range, sums);
    const divisor = divisorOf(rule);
    if (divisor === undefined) return { sums, divisors: undefined };
    const divisors = new BlockSums(divisor);
    await this.#pour(divisor.metric, range, divisors);
    return { sums, divisors };
  }

  /** What has changed since it is bad. @throws Fault when a partition does not answer */
  async moversOf(rule: AlertRule, { from, to }: BlockRange): Promise<readonly Mover[]> {
    const movers = new Movers(rule, { from, to });
    await this.#pour(rule.metric, { from: from - BEFORE_BLOCKS, to }, movers);
    return movers.told();
  }

  /** The first block in which anything was counted of the metric of a rule. @throws Fault when a partition does not answer */
  async firstBlock({ metric }: AlertRule, range: BlockRange): Promise<number | undefined> {
    const parts = await this.#parts(metric, range);
    const firsts = parts.flatMap((part) => part.range()?.from ?? []);
    return firsts.length === 0 ? undefined : Math.min(...firsts);
  }

  /** One rule after the other, while everything else goes on: were all to give way by themselves, together they would hold the loop. */
  #pour(metric: string, range: BlockRange, taker: BlockTaker): Promise<void> {
    const poured = this.#latest.then(async () => pour(await this.#parts(metric, range), metric, taker));
    this.#latest = poured.catch(() => undefined);
    return poured;
  }

  #parts(metric: string, range: BlockRange): Promise<readonly Counts[]> {
    const known = this.#asked.get(metric);
    if (known?.range.from === range.from && known.range.to === range.to) return known.parts;
    const times = { fromMs: range.from * BLOCK_MS, toMs: range.to * BLOCK_MS };
    const wanted = { metric, ...times, nowMs: this.#context.wallMs() };
    const parts = askEach(this.#source, wanted, this.#context).then((told) => told.parts);
    this.#asked.set(metric, { range, parts });
    return parts;
  }

  async #views(): Promise<readonly PartitionView[]> {
    const accounts = await askAccounts(this.#source, this.#context);
    return accounts.map(({ partition: id, state, watermarkMs, lagMs }) => ({
      id,
      state,
      watermarkMs,
      lagMs,
    }));
  }

  #sourcesOf(metric: string): readonly string[] | undefined {
    return this.#source.metrics.find(({ name }) => name === metric)?.sources;
  }
}

async function pour(parts: readonly Counts[], metric: string, taker: BlockTaker): Promise<void> {
  const way = new GivingWay();
  for (const part of parts) {
    for (const [number, decode, shape] of part.blocksOf(metric)) {
      await way.pause();
      taker.add(number, decode(), shape);
    }
  }
}
