import { join } from "node:path";
import { logsFeature } from "../../../actors/logs/feature.ts";
import { Puller } from "../../../actors/logs/puller/puller.ts";
import { PullerLedger } from "../../../actors/logs/puller/puller-account.ts";
import type { PullerHost } from "../../../actors/logs/puller/puller-state.ts";
import { ReadBudget } from "../../../actors/logs/puller/read-budget.ts";
import { Tallies } from "../../../actors/logs/puller/tallies.ts";
import { sourcesOf } from "../../../actors/logs/sources-of.ts";
import { eachCounted } from "../../../actors/monitoring/ask-partials.ts";
import { monitoringFeature } from "../../../actors/monitoring/feature.ts";
import { opsFeature } from "../../../actors/ops/feature.ts";
import type { ClusterStores } from "../../../deploy/open-cluster.ts";
import { nodeStores } from "../../../deploy/open-stores.ts";
import { loadSettings } from "../../../deploy/settings.ts";
import { COUNT_BOOK_ID, CountBookProtocol } from "../../../protocols/count-book.ts";
import { CountDaysProtocol } from "../../../protocols/count-days.ts";
import { CountPageProtocol } from "../../../protocols/count-page.ts";
import { CountPartialProtocol } from "../../../protocols/partial.ts";
import type { NodeSettings } from "../../../protocols/settings.ts";
import { allMetrics } from "../../../runtime/counting/built-in-metrics.ts";
import { Counts } from "../../../runtime/counting/counts.ts";
import { metricSet } from "../../../runtime/counting/metric-set.ts";
import type { RouteContext } from "../../../runtime/net/route.ts";
import { BanyanNode } from "../../../runtime/node.ts";
import { CountingLog } from "../../../runtime/telemetry/counting-log.ts";
import { SILENT } from "../../../runtime/telemetry/silent-log.ts";
import { withBug } from "./reader-bugs.ts";
import type { PartitionAccount, PartitionCounts, ReaderBug, ReaderOrder } from "./reader-words.ts";

const STOP_WITHIN_MS = 8_000;
/** Everything that is counted in a run is within so long of now, in milliseconds. */
const AROUND_MS = 3 * 3_600_000;
/** Doors that are not needed, and ports that are free. */
const FLAGS = { "ops.port": "0", "ops.token": "the-operators-token-of-a-test" };

/** A node that reads logs and counts them, put together as the product does it, without doors for clients. */
export class ReaderNode {
  readonly #node: BanyanNode;
  readonly #settings: NodeSettings;
  readonly #bug: ReaderBug | undefined;
  #doubles = 0;

  private constructor(node: BanyanNode, settings: NodeSettings, bug: ReaderBug | undefined) {
    this.#node = node;
    this.#settings = settings;
    this.#bug = bug;
  }

  /** Starts it; it reads when this resolves. */
  static async begin({ folder, name, bug }: ReaderOrder): Promise<ReaderNode> {
    const flags = Object.entries({ ...FLAGS, name }).map(([dotted, text]) => ({
      dotted,
      text,
      flag: "chaos",
    }));
    const loaded = loadSettings({ folder, environment: {}, flags });
    const settings = { ...loaded, listeners: [], dataDir: join(folder, name) };
    const log = new CountingLog(SILENT);
    const onBroken = (error: unknown): void => {
      throw error as Error;
    };
    const stores =
      settings.cluster.redis === undefined
        ? nodeStores(settings, { log, onBroken })
        : await clusterOf(settings, log);
    const node = new BanyanNode({
      ...stores,
      ...(stores.journal === undefined ? {} : { journal: withBug(stores.journal, bug) }),
      settings,
      features: [monitoringFeature, logsFeature, opsFeature],
      log,
      version: "0.0.0",
      onFailure: onBroken,
    });
    await node.start();
    return new ReaderNode(node, settings, bug);
  }

  /** What became of what was read, of all partitions: those with larger numbers first. */
  async look(): Promise<readonly PartitionAccount[]> {
    const accounts: PartitionAccount[] = [];
    for (const partition of await this.#partitions()) {
      const asked = this.#node.system.ask(this.#partial(partition), { kind: "account" });
      const { kind: _, ...account } = await asked;
      const read = this.#bug === "miscounts" ? account.read + 1 : account.read;
      accounts.push({ ...account, read, partition });
    }
    return accounts;
  }

  /** All that is counted, by partition and metric, wherever it is kept by now. */
  async count(): Promise<readonly PartitionCounts[]> {
    const metrics = allMetrics(this.#settings.metrics).map(({ name }) => name);
    return Promise.all(
      (await this.#partitions()).map(async (partition) => {
        const read = await Promise.all(
          metrics.map(async (metric) => [metric, await this.#countsOf(partition, metric)] as const),
        );
        return { partition, counts: Object.fromEntries(read) };
      }),
    );
  }

  /** Has partitions read by one more puller, which knows nothing of the others. */
  double(partitions: readonly string[]): void {
    const { system } = this.#node;
    const [source] = sourcesOf(this.#settings, Date.now);
    if (source === undefined) return;
    const host: PullerHost = {
      clock: system.clock,
      budget: new ReadBudget(this.#settings.logs.budgetBytes),
      ledger: new PullerLedger(),
      tallies: new Tallies((name) => metricSet(this.#settings.metrics, name)),
      partialOf: (name, partition) => this.#partial(`${name}/${partition}`),
    };
    for (const partition of partitions) {
      system.spawn(Puller, `double-${++this.#doubles}`, { host, source, partition });
    }
  }

  /** Stops it in order. @throws Error when it does not come to its end */
  async end(): Promise<void> {
    if (!(await this.#node.stop(STOP_WITHIN_MS))) throw new Error("the node does not stop");
  }

  async #partitions(): Promise<readonly string[]> {
    const book = this.#node.entities.find(CountBookProtocol)?.entity(COUNT_BOOK_ID);
    if (book === undefined) return [];
    const { partials } = await this.#node.system.ask(book, { kind: "list" });
    return partials.toSorted((one, other) => numberOf(other) - numberOf(one));
  }

  /** Asks as the product does for all partitions, of one: the list is short. */
  async #countsOf(partition: string, metric: string): Promise<Uint8Array> {
    const { entities, system } = this.#node;
    const [book, partials, pages, days] = [
      entities.find(CountBookProtocol),
      entities.find(CountPartialProtocol),
      entities.find(CountPageProtocol),
      entities.find(CountDaysProtocol),
    ];
    if (!book || !partials || !pages || !days) throw new Error("nobody counts here");
    const ask = (async (to: never, message: { kind: string }, options: never) =>
      message.kind === "list"
        ? { kind: "partials", partials: [partition] }
        : system.ask(to, message, options)) as unknown as RouteContext["ask"];
    const nowMs = Date.now();
    const wanted = { metric, fromMs: nowMs - AROUND_MS, toMs: nowMs + AROUND_MS, nowMs };
    const counts = new Counts();
    const places = { book, partials, pages, days };
    await eachCounted({ places, wanted, context: { ask } }, (part) => counts.add(part));
    return counts.encode();
  }

  #partial(id: string) {
    const partials = this.#node.entities.find(CountPartialProtocol);
    if (partials === undefined) throw new Error("nobody counts here");
    return partials.entity(id);
  }
}

/** As in the product, who stands alone does not load what it takes to speak to Redis. */
async function clusterOf(settings: NodeSettings, log: CountingLog): Promise<ClusterStores> {
  const { openCluster } = await import("../../../deploy/open-cluster.ts");
  return openCluster(settings, log);
}

function numberOf(partition: string): number {
  return Number(partition.slice(partition.indexOf("/") + 1)) || 0;
}
