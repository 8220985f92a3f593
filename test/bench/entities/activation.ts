import { YOUNG_GENERATION_FLAG } from "../../../deploy/young-generation.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisServer } from "../../support/redis-server.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { atRate, p99 } from "../at-rate.ts";
import { eachOf } from "./crowd.ts";
import { PurseNode } from "./purse-node.ts";
import type { PurseNodeOptions } from "./purse-node.ts";

/** Entities that are woken as fast as it goes, and those woken at a steady rate. */
const COUNT = { quick: 4_000, full: 20_000 };
const PACED_SHARE = 0.5;
const PACED_PER_SECOND = 2_000;
const IN_FLIGHT = 256;
const OPTIONS: PurseNodeOptions = { roles: ["entities"], profile: "safe" };

/** Each entity has one record and no owner; its first question claims and loads it. */
async function ours({ quick }: Circumstances): Promise<Sample> {
  const server = await RedisServer.start();
  try {
    const count = COUNT[quick ? "quick" : "full"];
    const first = await PurseNode.start(server.url, "first", OPTIONS);
    await eachOf(count, IN_FLIGHT, (index) => first.put(index, 1));
    await first.stop();
    const second = await PurseNode.start(server.url, "second", OPTIONS);
    const sample = await woken(second, count);
    await second.stop();
    return sample;
  } finally {
    await server.stop();
  }
}

async function woken(node: PurseNode, count: number): Promise<Sample> {
  const paced = Math.floor(count * PACED_SHARE);
  const took = await atRate({ count: paced, perSecond: PACED_PER_SECOND }, (index) => check(node, index));
  const beganMs = performance.now();
  await eachOf(count - paced, IN_FLIGHT, (index) => check(node, paced + index));
  const perSecond = ((count - paced) * 1_000) / (performance.now() - beganMs);
  return { p99Ms: p99(took), perSecond };
}

/** What the same machine and the same Redis take for one field made durable at the same rate: nothing that claims can be faster. */
async function bareWrite({ quick }: Circumstances): Promise<Sample> {
  const server = await RedisServer.start();
  try {
    const link = await openRedis(server);
    const count = COUNT[quick ? "quick" : "full"] * PACED_SHARE;
    const took = await atRate({ count, perSecond: PACED_PER_SECOND }, (index) =>
      link.control.command("hset", `purse/${index}`, "e", index),
    );
    await link.close();
    return { p99Ms: p99(took) };
  } finally {
    await server.stop();
  }
}

async function check(node: PurseNode, index: number): Promise<void> {
  const coins = await node.put(index, 0);
  if (coins !== 1) throw new Error(`purse ${index} holds ${coins} coins`);
}

/** How soon an entity is there that somebody asks for. */
export const activation: Part = {
  name: "activation",
  contenders: { ours, bareWrite },
  rounds: { quick: 1, full: 3 },
  nodeFlags: [YOUNG_GENERATION_FLAG],
  figures: {
    activationP99Ms: {
      kind: "value",
      means: {
        en: "ms to the first answer of a stored entity that nobody owns: claimed and loaded over Redis; 99th percentile at 2,000 a second",
        zh: "已存储且无主的实体首次应答（经 Redis 认领并载入）的毫秒数（每秒 2,000 个时的第 99 百分位）",
      },
      target: { atMost: 5 },
      of: (samples) => samples.median("ours", "p99Ms"),
    },
    bareWriteP99Ms: {
      kind: "value",
      means: {
        en: "ms to the answer of one bare write to the same Redis, made durable, at the same rate: the floor of the line above on this machine",
        zh: "以同样速率向同一 Redis 做一次落盘写入的应答毫秒数（第 99 百分位）：即上一行在本机的下限",
      },
      of: (samples) => samples.median("bareWrite", "p99Ms"),
    },
    activationP99VsBareWrite: {
      kind: "ratio",
      means: {
        en: "that 99th percentile as a multiple of the bare write's; 1 is the floor, and less is better",
        zh: "该第 99 百分位与单次落盘写入之比；1 为下限，越小越好",
      },
      of: (samples) => samples.median("ours", "p99Ms") / samples.median("bareWrite", "p99Ms"),
    },
    activationsPerSecond: {
      kind: "value",
      means: {
        en: "entities claimed, loaded and asked a second by one node, 256 at a time",
        zh: "单节点每秒认领、载入并应答的实体数（256 个并发）",
      },
      target: { atLeast: 10_000 },
      of: (samples) => samples.median("ours", "perSecond"),
    },
  },
};
