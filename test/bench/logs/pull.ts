import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { logsFeature } from "../../../actors/logs/feature.ts";
import { monitoringFeature } from "../../../actors/monitoring/feature.ts";
import { nodeStores } from "../../../deploy/open-stores.ts";
import { CountPartialProtocol } from "../../../protocols/partial.ts";
import { startLocalNode } from "../../support/local-node.ts";
import { LogRecord } from "../../support/log-record.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { BENCH_KEY, BENCH_LOGSTORE, BENCH_PROJECT } from "./sls-names.ts";

const SERVER = fileURLToPath(new URL("sls-process.js", import.meta.url));
const SHARDS = 4;
const LOGS_IN_GROUP = 200;
/** In each shard. */
const GROUPS = { quick: 500, full: 2_500 };
const LOOK_EVERY_MS = 5;
const NAME = "shop";

/** A backlog over HTTP, signed and lz4, from the first read to the last count on the disk. */
async function ours({ quick, scratch }: Circumstances): Promise<Sample> {
  const groups = quick ? GROUPS.quick : GROUPS.full;
  const args = [SHARDS, groups, LOGS_IN_GROUP].map(String);
  const server = spawn(process.execPath, [SERVER, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = (await once(server.stdout, "data")) as [Buffer];
  const dataDir = join(scratch, "data");
  mkdirSync(dataDir, { recursive: true });
  const sls = { endpoint: said.toString().trim(), project: BENCH_PROJECT, logstore: BENCH_LOGSTORE };
  const source = {
    name: NAME,
    kind: "sls",
    ...sls,
    keyId: BENCH_KEY.id,
    keySecret: BENCH_KEY.secret,
  } as const;
  const { node, stop } = await startLocalNode(
    [monitoringFeature, logsFeature],
    (settings) => ({ ...settings, dataDir, listeners: [], logs: { ...settings.logs, sources: [source] } }),
    (settings) => nodeStores(settings, { log: new LogRecord(), onBroken: () => undefined }),
  );
  try {
    const logs = SHARDS * groups * LOGS_IN_GROUP;
    const beganMs = performance.now();
    const countedOf = async (shard: number): Promise<number> => {
      const partial = node.entities.find(CountPartialProtocol)?.entity(`${NAME}/${shard}`);
      if (partial === undefined) throw new Error("nobody counts");
      return (await node.system.ask(partial, { kind: "account" })).counted;
    };
    for (let counted = 0; counted < logs;) {
      await pass(LOOK_EVERY_MS);
      const each = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => countedOf(shard)));
      counted = each.reduce((sum, count) => sum + count, 0);
    }
    return { logsPerSecond: (logs * 1_000) / (performance.now() - beganMs) };
  } finally {
    await stop();
    server.kill("SIGKILL");
  }
}

/** A backlog of a logstore, from a server to counts on the disk, in one process. */
export const pull: Part = {
  name: "pull",
  contenders: { ours },
  rounds: { quick: 1, full: 5 },
  figures: {
    logsPerSecond: {
      kind: "value",
      means: {
        en: "logs a second of a backlog of 4 shards, pulled, unpacked and counted on the disk in five metrics",
        zh: "每秒处理的积压日志数（4 个分片）：拉取、解压，并按五项指标计入磁盘",
      },
      target: { atLeast: 150_000 },
      of: (samples) => samples.median("ours", "logsPerSecond"),
    },
  },
};
