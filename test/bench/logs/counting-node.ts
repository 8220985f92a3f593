import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { logsFeature } from "../../../actors/logs/feature.ts";
import { monitoringFeature } from "../../../actors/monitoring/feature.ts";
import { nodeStores } from "../../../deploy/open-stores.ts";
import { CountPartialProtocol } from "../../../protocols/partial.ts";
import { startLocalNode } from "../../support/local-node.ts";
import type { LocalNode } from "../../support/local-node.ts";
import { LogRecord } from "../../support/log-record.ts";
import { BENCH_SOURCE, benchSource } from "./sls-names.ts";

const LOOK_EVERY_MS = 2;

/** A node in this process that pulls a logstore and counts it on the disk. */
export class CountingNode {
  readonly #node: LocalNode;

  private constructor(node: LocalNode) {
    this.#node = node;
  }

  static async start(endpoint: string, scratch: string): Promise<CountingNode> {
    // One of its own: in that of an earlier round all would be counted already.
    const dataDir = mkdtempSync(join(scratch, "data-"));
    const sources = [benchSource(endpoint)];
    const node = await startLocalNode(
      [monitoringFeature, logsFeature],
      (settings) => ({ ...settings, dataDir, listeners: [], logs: { ...settings.logs, sources } }),
      (settings) => nodeStores(settings, { log: new LogRecord(), onBroken: () => undefined }),
    );
    return new CountingNode(node);
  }

  /** How many logs of a shard are counted for good. */
  async counted(shard: number): Promise<number> {
    const { entities, system } = this.#node.node;
    const partial = entities.find(CountPartialProtocol)?.entity(`${BENCH_SOURCE}/${shard}`);
    if (partial === undefined) throw new Error("nobody counts");
    return (await system.ask(partial, { kind: "account" })).counted;
  }

  /** Resolves once so many logs of each of these shards are counted. */
  async until(logs: number, ...shards: readonly number[]): Promise<void> {
    for (const shard of shards) {
      while ((await this.counted(shard)) < logs) await pass(LOOK_EVERY_MS);
    }
  }

  stop(): Promise<void> {
    return this.#node.stop();
  }
}
