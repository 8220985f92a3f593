import { setTimeout as pass } from "node:timers/promises";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { CountingHost } from "./counting-host.ts";
import { SlsBacklog } from "./sls-backlog.ts";

const LOGS_IN_GROUP = 200;
/** 100 MB in each of a hundred shards, told over an hour. */
const BACKLOG = { shards: 100, groups: 1_100, logsInGroup: LOGS_IN_GROUP, spreadMs: 3_600_000 };
const LOGS = BACKLOG.shards * BACKLOG.groups * LOGS_IN_GROUP;
/** A short run looks at its first seconds only: by then every puller is at work. In milliseconds. */
const QUICK_MS = 4_000;
const LOOK_EVERY_MS = 250;

/** Ten gigabytes that wait in a hundred shards: what the worker that pulls them needs at most. */
async function ours({ quick, scratch }: Circumstances): Promise<Sample> {
  const server = await SlsBacklog.start(BACKLOG);
  const host = await CountingHost.start(server.url, scratch);
  try {
    const endMs = quick ? performance.now() + QUICK_MS : Number.POSITIVE_INFINITY;
    let [counted, ownMb] = [0, 0];
    while (counted < LOGS && performance.now() < endMs) {
      await pass(LOOK_EVERY_MS);
      counted = await host.counted();
      ownMb = Math.max(ownMb, host.ownMb());
    }
    return { rssMb: host.peakMb(), ownMb, counted };
  } finally {
    server.stop();
    await host.stop();
  }
}

/** What a large backlog takes of the memory. */
export const backlog: Part = {
  name: "backlog",
  contenders: { ours },
  rounds: { quick: 1, full: 1 },
  runsIn: "runner",
  figures: {
    backlogRssMb: {
      kind: "value",
      means: {
        en: "megabytes that a worker has at most while it pulls 10 GB of 100 shards (of a quick run: while it begins to)",
        zh: "工作进程拉取 100 个分片共 10 GB 积压日志时的内存峰值（MB；快速运行只看开头）",
      },
      target: { atMost: 200 },
      of: (samples) => samples.median("ours", "rssMb"),
    },
    backlogOwnMb: {
      kind: "value",
      means: {
        en: "what of that is its own: neither pages of Node's program nor of the database, which the system may take back",
        zh: "其中进程自有的部分（不含可由系统回收的 Node 程序与数据库文件页）",
      },
      of: (samples) => samples.median("ours", "ownMb"),
    },
  },
};
