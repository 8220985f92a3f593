import { Redis } from "ioredis";
import { RedisServer } from "../../support/redis-server.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { measured } from "./appends.ts";
import { openRedisBench } from "./redis-bench.ts";
import { ENTITIES, RECORD_BYTES, Steps } from "./steps.ts";

async function ours({ quick }: Circumstances): Promise<Sample> {
  return onServer(async (url) => {
    const bench = await openRedisBench(url);
    const steps = new Steps(bench.journal, bench.ownerOf, "fsync");
    const sample = await measured(() => steps.append(), quick);
    await bench.close();
    return sample;
  });
}

/** What a program without a journal would do: XADD to one stream for each entity, all of a turn in one pipeline. */
async function raw({ quick }: Circumstances): Promise<Sample> {
  return onServer(async (url) => {
    const redis = new Redis(url, { enableAutoPipelining: true });
    const bytes = Buffer.alloc(RECORD_BYTES, 7);
    let next = 0;
    const add = async (): Promise<void> => {
      await redis.xadd(`bench:${next++ % ENTITIES}`, "*", "b", bytes);
    };
    const sample = await measured(add, quick);
    await redis.quit();
    return sample;
  });
}

/** A redis-server that flushes what it has taken before it answers. */
async function onServer(measure: (url: string) => Promise<Sample>): Promise<Sample> {
  const server = await RedisServer.start();
  try {
    return await measure(server.url);
  } finally {
    await server.stop();
  }
}

/** Fenced, checked appends on a Redis, against bare additions to streams. */
export const redisAppends: Part = {
  name: "redisAppends",
  contenders: { ours, raw },
  rounds: { quick: 1, full: 5 },
  figures: {
    redisVsRaw: {
      kind: "ratio",
      means: {
        en: "flushed appends a second to the journal on Redis, 1,000 in flight, compared with bare pipelined XADD",
        zh: "Redis 日志每秒落盘的追加数（1,000 个并发），与直接流水线 XADD 相比",
      },
      target: { atLeast: 0.6 },
      of: (samples) => samples.ratio("ours", "raw", "perSecond"),
    },
    redisAppendsPerSecond: {
      kind: "value",
      means: {
        en: "flushed appends a second to the journal on Redis, 1,000 in flight",
        zh: "Redis 日志每秒落盘的追加数（1,000 个并发）",
      },
      of: (samples) => samples.median("ours", "perSecond"),
    },
  },
};
