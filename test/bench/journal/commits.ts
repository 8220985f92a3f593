import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { Steps, benchJournal } from "./steps.ts";

const RATE_PER_SECOND = 5_000;
/** What is due is sent this often. */
const TICK_MS = 5;
const QUICK_MS = 3_000;
const FULL_MS = 15_000;
const PERCENTILE = 0.99;

async function ours({ quick, scratch }: Circumstances): Promise<Sample> {
  const journal = await benchJournal(scratch);
  const steps = new Steps(journal, journal.writer, "fsync");
  await steady(steps, 1_000);
  const latencies = await steady(steps, quick ? QUICK_MS : FULL_MS);
  await journal.close();
  latencies.sort((a, b) => a - b);
  return { p99Ms: latencies[Math.floor(latencies.length * PERCENTILE)] ?? 0 };
}

/** Sends at a steady rate, whatever comes back; a late tick sends what is due, and its wait counts from when it was due. */
async function steady(steps: Steps, forMs: number): Promise<number[]> {
  const latencies: number[] = [];
  const waiting: Promise<void>[] = [];
  const startMs = performance.now();
  const send = async (dueMs: number): Promise<void> => {
    await steps.append();
    latencies.push(performance.now() - dueMs);
  };
  const total = (forMs * RATE_PER_SECOND) / 1_000;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const nowMs = performance.now() - startMs;
      const due = Math.min(total, Math.floor((nowMs * RATE_PER_SECOND) / 1_000));
      while (waiting.length < due) waiting.push(send(startMs + (waiting.length * 1_000) / RATE_PER_SECOND));
      if (waiting.length < total) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  await Promise.all(waiting);
  return latencies;
}

/** How long a flushed append takes at a steady rate that is far from the most. */
export const commits: Part = {
  name: "commits",
  contenders: { ours },
  rounds: { quick: 2, full: 5 },
  figures: {
    commitP99MsAt5000: {
      kind: "value",
      means: {
        en: "ms until an append is flushed, 99th percentile at 5,000 a second, sent every 5 ms",
        zh: "追加落盘耗时的第 99 百分位（毫秒，每秒 5,000 次，每 5 毫秒发送一批）",
      },
      of: (samples) => samples.median("ours", "p99Ms"),
    },
  },
};
