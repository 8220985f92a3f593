/**
 * Long runs by hand: `npm run soak -- [soak|reloads|deaths] [--minutes 30] [--times 100] [--entities 1000] [--seed N]`. Says its seed first; ends
 * with 1 when there is a complaint.
 */
import { parseArgs } from "node:util";
import { deaths } from "./deaths/deaths.ts";
import { reloads } from "./reloads.ts";
import { soak } from "./soak.ts";

const MINUTES = "30";
const TIMES = "100";
const ENTITIES = "1000";
/** One reload in so many is of broken code. */
const BROKEN_EVERY = 10;

const { values, positionals } = parseArgs({
  options: {
    minutes: { type: "string", default: MINUTES },
    times: { type: "string", default: TIMES },
    entities: { type: "string", default: ENTITIES },
    seed: { type: "string" },
  },
  allowPositionals: true,
});
const seed = Number(values.seed ?? Math.trunc(Math.random() * 2 ** 32));
const startedAtMs = performance.now();
const say = (text: string): void => {
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1).padStart(7);
  process.stderr.write(`${seconds} s  ${text}\n`);
};

const times = Number(values.times);
const runs = {
  soak: () => soak({ seed, forMs: Number(values.minutes) * 60_000, reloads: true, say }),
  reloads: () => reloads({ seed, times, brokenEvery: BROKEN_EVERY, say }),
  deaths: () => deaths({ seed, times, entities: Number(values.entities), say }),
};
const report = await (runs[positionals[0] as keyof typeof runs] ?? runs.soak)();

for (const complaint of report.complaints) say(`COMPLAINT ${complaint}`);
process.stdout.write(`${JSON.stringify({ seed, ...report })}\n`);
process.exitCode = report.complaints.length === 0 ? 0 : 1;
