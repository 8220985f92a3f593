/**
 * Long runs by hand: `npm run soak -- [soak|reloads] [--minutes 30] [--times 100] [--seed N]`. Says its seed first; ends
 * with 1 when there is a complaint.
 */
import { parseArgs } from "node:util";
import { reloads } from "./reloads.ts";
import { soak } from "./soak.ts";

const MINUTES = "30";
const TIMES = "100";
/** One reload in so many is of broken code. */
const BROKEN_EVERY = 10;

const { values, positionals } = parseArgs({
  options: {
    minutes: { type: "string", default: MINUTES },
    times: { type: "string", default: TIMES },
    seed: { type: "string" },
  },
  allowPositionals: true,
});
const seed = Number(values.seed ?? Math.trunc(Math.random() * 2 ** 32));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const report =
  positionals[0] === "reloads"
    ? await reloads({ seed, times: Number(values.times), brokenEvery: BROKEN_EVERY, say })
    : await soak({ seed, forMs: Number(values.minutes) * 60_000, reloads: true, say });

for (const complaint of report.complaints) say(`COMPLAINT ${complaint}`);
process.stdout.write(`${JSON.stringify({ seed, ...report })}\n`);
process.exitCode = report.complaints.length === 0 ? 0 : 1;
