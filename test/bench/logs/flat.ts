import { setTimeout as pass } from "node:timers/promises";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { CountingHost } from "./counting-host.ts";
import { SlsBacklog } from "./sls-backlog.ts";

const LOGS_IN_GROUP = 200;
const MILLION = 1_000_000;
/** 52 million logs, told over ten hours: 200 time blocks. */
const BACKLOG = { shards: 8, groups: 32_500, logsInGroup: LOGS_IN_GROUP, spreadMs: 36_000_000 };
/** Between which counts the cost is taken: the compiler has seen enough after the first million. */
const EARLY = { from: MILLION, to: 3 * MILLION };
const LATE = { from: 49 * MILLION, to: 51 * MILLION };
const LOOK_EVERY_MS = 50;

/** One worker that pulls and counts 50 million logs: what one of them costs it at the beginning, and at the end. */
async function ours({ scratch }: Circumstances): Promise<Sample> {
  const server = await SlsBacklog.start(BACKLOG);
  const host = await CountingHost.start(server.url, scratch);
  try {
    const earlyUs = await costBetween(host, EARLY);
    const lateUs = await costBetween(host, LATE);
    return { earlyUs, lateUs };
  } finally {
    server.stop();
    await host.stop();
  }
}

/** What a log costs the worker, in microseconds of a processor. */
async function costBetween(host: CountingHost, { from, to }: typeof EARLY): Promise<number> {
  const first = await countedFrom(host, from);
  const last = await countedFrom(host, to);
  return ((last.cpuMs - first.cpuMs) * 1_000) / (last.counted - first.counted);
}

async function countedFrom(
  host: CountingHost,
  least: number,
): Promise<{ readonly counted: number; readonly cpuMs: number }> {
  for (;;) {
    const counted = await host.counted();
    if (counted >= least) return { counted, cpuMs: host.cpuMs() };
    await pass(LOOK_EVERY_MS);
  }
}

/** Whether a log costs the same however many were counted before it. */
export const flat: Part = {
  name: "flat",
  contenders: { ours },
  rounds: { quick: 1, full: 1 },
  isLong: true,
  runsIn: "runner",
  figures: {
    cost50MVs1M: {
      kind: "ratio",
      means: {
        en: "processor time for a log after 50 million of them, compared with that after one million (smaller is better)",
        zh: "计数 5,000 万条之后每条日志的处理器时间，与 100 万条之后相比（越小越好）",
      },
      target: { atMost: 1.2 },
      of: (samples) => samples.median("ours", "lateUs") / samples.median("ours", "earlyUs"),
    },
  },
};
