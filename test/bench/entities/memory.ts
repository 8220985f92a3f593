import { YOUNG_GENERATION_FLAG } from "../../../deploy/young-generation.ts";
import { RedisServer } from "../../support/redis-server.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { eachOf } from "./crowd.ts";
import { PurseNode } from "./purse-node.ts";

/** Entities that are known, and those of them that are in memory. */
const KNOWN = { quick: 10_000, full: 1_000_000 };
const ACTIVE = { quick: 5_000, full: 100_000 };
const IN_FLIGHT = 1_000;

async function ours({ quick }: Circumstances): Promise<Sample> {
  const server = await RedisServer.start();
  try {
    const size = quick ? "quick" : "full";
    const node = await PurseNode.start(server.url, "oak", { roles: ["entities"], profile: "safe" });
    const before = inUse();
    const storedBefore = storedBytes(server);
    // The host keeps the latest 100,000 in memory: all others were there once, and are only known.
    await eachOf(KNOWN[size], IN_FLIGHT, (index) => node.put(index, 1));
    await eachOf(ACTIVE[size], IN_FLIGHT, (index) => node.put(index, 0));
    const bytes = inUse() - before;
    const { active } = node;
    const rssMb = process.memoryUsage.rss() / 2 ** 20;
    const storedEach = (storedBytes(server) - storedBefore) / KNOWN[size];
    await node.stop();
    return { bytesPerEntity: bytes / active, active, rssMb, storedEach };
  } finally {
    await server.stop();
  }
}

/** Of the heap and beside it, with the garbage gone. */
function inUse(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What Redis has in its memory. */
function storedBytes(server: RedisServer): number {
  return Number(/^used_memory:(\d+)/m.exec(server.cli("info", "memory"))?.[1]);
}

/** What entities in memory cost a node that knows ten times as many. */
export const memory: Part = {
  name: "memory",
  contenders: { ours },
  rounds: { quick: 1, full: 1 },
  // Left alone, V8 lets garbage lie until the heap is four times what is in use: a machine of 1 GB has to be told.
  nodeFlags: [YOUNG_GENERATION_FLAG, "--expose-gc", "--max-old-space-size=700"],
  figures: {
    bytesPerActiveEntity: {
      kind: "value",
      means: {
        en: "bytes of a small entity in memory, 100,000 of a million that are stored",
        zh: "一个小实体在内存中占用的字节数（已存储一百万个，其中十万个在内存中）",
      },
      target: { atMost: 10_000 },
      of: (samples) => samples.median("ours", "bytesPerEntity"),
    },
    rssMbOfMillionKnown: {
      kind: "value",
      means: {
        en: "MB of resident memory of a node that has 100,000 small entities in memory, of a million that it has had; with a heap of at most 700 MB",
        zh: "节点常驻内存 MB（曾载入一百万个小实体，其中十万个在内存中；堆上限 700 MB）",
      },
      target: { atMost: 1_000 },
      of: (samples) => samples.median("ours", "rssMb"),
    },
    activeEntities: {
      kind: "value",
      means: { en: "of those that are in memory then", zh: "此时在内存中的实体数" },
      of: (samples) => samples.median("ours", "active"),
    },
    redisBytesPerKnownEntity: {
      kind: "value",
      means: {
        en: "bytes of Redis' memory for each small entity that is stored, with one record and its owner",
        zh: "每个已存储的小实体（含一条记录及其属主）占用的 Redis 内存字节数",
      },
      of: (samples) => samples.median("ours", "storedEach"),
    },
  },
};
