import { atRate, p99 } from "../at-rate.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { Steps, benchJournal } from "./steps.ts";

const RATE_PER_SECOND = 5_000;
const WARM_UP_MS = 1_000;
const QUICK_MS = 3_000;
const FULL_MS = 15_000;

async function ours({ quick, scratch }: Circumstances): Promise<Sample> {
  const journal = await benchJournal(scratch);
  const steps = new Steps(journal, () => journal.writer, "fsync");
  const during = (forMs: number): Promise<number[]> =>
    atRate({ count: (forMs * RATE_PER_SECOND) / 1_000, perSecond: RATE_PER_SECOND }, () => steps.append());
  await during(WARM_UP_MS);
  const took = await during(quick ? QUICK_MS : FULL_MS);
  await journal.close();
  return { p99Ms: p99(took) };
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
        en: "ms until an append is flushed, 99th percentile at 5,000 a second",
        zh: "追加落盘耗时的第 99 百分位（毫秒，每秒 5,000 次）",
      },
      of: (samples) => samples.median("ours", "p99Ms"),
    },
  },
};
