import { join } from "node:path";
import { open } from "lmdb";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { ENTITIES, RECORD_BYTES, Steps, benchJournal, perSecond } from "./steps.ts";

/** Commands under way together on a busy node; each waits for its flush. */
export const IN_FLIGHT = 1_000;
const WARM_UP_MS = 500;
const QUICK_MS = 1_500;
const FULL_MS = 5_000;

async function ours({ quick, scratch }: Circumstances): Promise<Sample> {
  const journal = await benchJournal(scratch);
  const steps = new Steps(journal, () => journal.writer, "fsync");
  const sample = await measured(() => steps.append(), quick);
  await journal.close();
  return sample;
}

/** What a program without a journal would do: put, and wait for the flush. */
async function raw({ quick, scratch }: Circumstances): Promise<Sample> {
  const path = join(scratch, `raw-${process.pid}`);
  const root = open({ path, noSubdir: false, noMemInit: true, separateFlushed: true });
  const records = root.openDB<Uint8Array, [string, number]>("records", { encoding: "binary" });
  const versions = new Uint32Array(ENTITIES);
  const bytes = new Uint8Array(RECORD_BYTES).fill(7);
  let next = 0;
  const put = async (): Promise<void> => {
    const index = next++ % ENTITIES;
    versions[index] = (versions[index] ?? 0) + 1;
    const committed = records.put([`bench/${index}`, versions[index]], bytes) as Flushing;
    await committed;
    await committed.flushed;
  };
  const sample = await measured(put, quick);
  await root.close();
  return sample;
}

/** With `separateFlushed`; LMDB's types do not say so. */
type Flushing = Promise<boolean> & { readonly flushed: Promise<void> };

export async function measured(step: () => Promise<void>, quick: boolean): Promise<Sample> {
  await perSecond(step, IN_FLIGHT, WARM_UP_MS);
  return { perSecond: await perSecond(step, IN_FLIGHT, quick ? QUICK_MS : FULL_MS) };
}

/** Appends that are flushed before they are acknowledged, against bare puts that are. */
export const appends: Part = {
  name: "appends",
  contenders: { ours, raw },
  rounds: { quick: 3, full: 7 },
  figures: {
    lmdbVsRaw: {
      kind: "ratio",
      means: {
        en: "flushed appends a second to the embedded journal, 1,000 in flight, compared with bare LMDB puts",
        zh: "内嵌日志每秒落盘的追加数（1,000 个并发），与直接写 LMDB 相比",
      },
      target: { atLeast: 0.6 },
      of: (samples) => samples.ratio("ours", "raw", "perSecond"),
    },
    lmdbAppendsPerSecond: {
      kind: "value",
      means: {
        en: "flushed appends a second to the embedded journal, 1,000 in flight",
        zh: "内嵌日志每秒落盘的追加数（1,000 个并发）",
      },
      of: (samples) => samples.median("ours", "perSecond"),
    },
  },
};
