import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { CountingNode } from "./counting-node.ts";
import { SlsBacklog } from "./sls-backlog.ts";

/** Small groups, as many agents with little to say send them: it is the groups that a pull counts. */
const BURST = { shards: 1, groups: 3_000, logsInGroup: 4 };
const LOGS = BURST.groups * BURST.logsInGroup;
/** What was there before, so that the puller has read something. */
const BEFORE = { shards: 1, groups: 100, logsInGroup: 4 };

/** A puller that has read everything, and then a burst: from the moment at which it is there to the last count on the disk. */
async function ours({ scratch }: Circumstances): Promise<Sample> {
  const server = await SlsBacklog.start(BEFORE);
  const node = await CountingNode.start(server.url, scratch);
  try {
    const before = BEFORE.groups * BEFORE.logsInGroup;
    await node.until(before, 0);
    await server.fill(BURST);
    const beganMs = performance.now();
    await node.until(before + LOGS, 0);
    return { ms: performance.now() - beganMs };
  } finally {
    await node.stop();
    server.stop();
  }
}

/** How soon a burst in one shard is counted. */
export const drain: Part = {
  name: "drain",
  contenders: { ours },
  rounds: { quick: 1, full: 5 },
  figures: {
    drain12000Ms: {
      kind: "value",
      means: {
        en: "milliseconds until 12,000 logs that come at once in 3,000 groups of one shard are counted on the disk",
        zh: "12,000 条日志（同一分片的 3,000 个日志组）同时到达后全部计入磁盘所需毫秒数",
      },
      target: { atMost: 500 },
      of: (samples) => samples.median("ours", "ms"),
    },
  },
};
