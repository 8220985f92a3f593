import { setTimeout as pass } from "node:timers/promises";
import { CredentialsKeeper } from "../../../runtime/sls/credentials-keeper.ts";
import { encodeLogGroup } from "../../../runtime/sls/encode-log-group.ts";
import { ServerClock } from "../../../runtime/sls/server-clock.ts";
import { SlsClient } from "../../../runtime/sls/sls-client.ts";
import { parseEndpoint } from "../../../runtime/sls/sls-endpoint.ts";
import { SlsLogstore } from "../../../runtime/sls/sls-logstore.ts";
import { SeededChance } from "../../support/seeded-chance.ts";
import { atRate, p99 } from "../at-rate.ts";
import { Refusal } from "../benchmark.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { median } from "../samples.ts";
import { CountingNode } from "./counting-node.ts";
import { SlsBacklog } from "./sls-backlog.ts";
import { BENCH_KEY, BENCH_LOGSTORE, BENCH_PROJECT } from "./sls-names.ts";

const SHARDS = 16;
/** Hex digits of a key that only one of sixteen shards holds. */
const KEY_DIGITS = 32;
const LOGS_IN_GROUP = 10;
/** Each shard gets a group about twice a second, so that its puller is at rest when one comes. */
const PUTS_PER_SECOND = 32;
const PUTS = { quick: 64, full: 1_600 };
/** How long nothing is put, so that it is seen how often pullers look, in milliseconds. */
const IDLE_MS = { quick: 2_000, full: 5_000 };
/** The first puts meet code that the compiler has not seen, and count for nothing. */
const WARM_UP = 32;
const READS_PER_SECOND_MAX = 10;

/** From the beginning of a put to the count on the disk, over sixteen shards that are all but idle. */
async function ours({ quick, scratch }: Circumstances): Promise<Sample> {
  const size = quick ? "quick" : "full";
  const server = await SlsBacklog.start({ shards: SHARDS, groups: 1, logsInGroup: LOGS_IN_GROUP });
  const node = await CountingNode.start(server.url, scratch);
  const client = clientOf(server.url);
  const logstore = new SlsLogstore(client, BENCH_LOGSTORE);
  try {
    const wanted = new Array<number>(SHARDS).fill(LOGS_IN_GROUP);
    await node.until(LOGS_IN_GROUP, ...wanted.keys());
    const chance = new SeededChance(5);
    const took: number[] = [];
    await atRate({ count: WARM_UP + PUTS[size], perSecond: PUTS_PER_SECOND }, async () => {
      const shard = chance.between(0, SHARDS - 1);
      const beganMs = performance.now();
      await logstore.put(group(), shard.toString(SHARDS).padEnd(KEY_DIGITS, "0"));
      wanted[shard] = (wanted[shard] ?? 0) + LOGS_IN_GROUP;
      await node.until(wanted[shard], shard);
      took.push(performance.now() - beganMs);
    });
    const counted = took.slice(WARM_UP);
    const readsPerSecond = await idleReads(server, IDLE_MS[size]);
    return { p50Ms: median(counted), p99Ms: p99(counted), readsPerSecond };
  } finally {
    client.close();
    await node.stop();
    server.stop();
  }
}

/** How often each shard is read a second while nothing comes. */
async function idleReads(server: SlsBacklog, forMs: number): Promise<number> {
  const before = await server.reads();
  const beganMs = performance.now();
  await pass(forMs);
  const reads = (await server.reads()) - before;
  const perSecond = (reads * 1_000) / (performance.now() - beganMs) / SHARDS;
  if (perSecond <= READS_PER_SECOND_MAX) return perSecond;
  throw new Refusal(`an idle shard is read ${perSecond.toFixed(1)} times a second`);
}

/** With it logs are put as an agent does: over HTTP, signed, lz4. */
function clientOf(url: string): SlsClient {
  const endpoint = parseEndpoint(url);
  if (endpoint === undefined) throw new Error(`${url} is no endpoint`);
  const key = { accessKeyId: BENCH_KEY.id, accessKeySecret: BENCH_KEY.secret };
  return new SlsClient({
    endpoint,
    project: BENCH_PROJECT,
    credentials: new CredentialsKeeper(() => Promise.resolve(key), Date.now),
    clock: new ServerClock({ wallMs: Date.now }),
  });
}

function group(): Uint8Array {
  const seconds = Math.floor(Date.now() / 1_000);
  const log = {
    seconds,
    fields: [
      ["route", "/api/v1/items"],
      ["status", "200"],
      ["request_time", "0.012"],
    ],
  } as const;
  return encodeLogGroup({ topic: "web", source: "10.0.0.1", logs: new Array(LOGS_IN_GROUP).fill(log) });
}

/** How soon what was put is counted. */
export const latency: Part = {
  name: "latency",
  contenders: { ours },
  rounds: { quick: 1, full: 3 },
  figures: {
    putToCountedP50Ms: {
      kind: "value",
      means: {
        en: "milliseconds from a put to its count on the disk, over 16 shards that are read 10 times a second at most while nothing comes; the median",
        zh: "从写入到计入磁盘的毫秒数（16 个分片，空闲时每秒最多读取 10 次），中位数",
      },
      target: { atMost: 150 },
      of: (samples) => samples.median("ours", "p50Ms"),
    },
    putToCountedP99Ms: {
      kind: "value",
      means: { en: "the same, 99 of 100", zh: "同上，第 99 百分位" },
      target: { atMost: 500 },
      of: (samples) => samples.median("ours", "p99Ms"),
    },
    idleReadsPerSecond: {
      kind: "value",
      means: {
        en: "reads a second of a shard of them while nothing comes",
        zh: "空闲时每个分片每秒的读取次数",
      },
      target: { atMost: READS_PER_SECOND_MAX },
      of: (samples) => samples.median("ours", "readsPerSecond"),
    },
  },
};
