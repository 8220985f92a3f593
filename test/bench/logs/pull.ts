import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { CountingNode } from "./counting-node.ts";
import { SlsBacklog } from "./sls-backlog.ts";

const SHARDS = [0, 1, 2, 3];
const LOGS_IN_GROUP = 200;
/** In each shard. */
const GROUPS = { quick: 500, full: 2_500 };

/** A backlog over HTTP, signed and lz4, from the first read to the last count on the disk. */
async function ours({ quick, scratch }: Circumstances): Promise<Sample> {
  const groups = quick ? GROUPS.quick : GROUPS.full;
  const server = await SlsBacklog.start({ shards: SHARDS.length, groups, logsInGroup: LOGS_IN_GROUP });
  const node = await CountingNode.start(server.url, scratch);
  try {
    const beganMs = performance.now();
    await node.until(groups * LOGS_IN_GROUP, ...SHARDS);
    const logs = SHARDS.length * groups * LOGS_IN_GROUP;
    return { logsPerSecond: (logs * 1_000) / (performance.now() - beganMs) };
  } finally {
    await node.stop();
    server.stop();
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
