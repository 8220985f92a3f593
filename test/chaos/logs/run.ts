/**
 * Chaos of logs with real processes: `npm run chaos -- logs --seeds 200 [--seed S] [--kinds sls,storm,cluster,file] [--lanes 2]`. Says each seed before it runs; ends
 * with 1 when one of them found a problem. What is done and what must hold is in deploy/docs/chaos.md.
 */
import { parseArgs } from "node:util";
import { chaosLogs } from "./chaos-logs.ts";
import { PLAN_KINDS } from "./log-plan.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "50" },
    seed: { type: "string" },
    kinds: { type: "string", default: PLAN_KINDS.join(",") },
    lanes: { type: "string", default: "2" },
  },
  allowPositionals: true,
});
const first = Number(values.seed ?? Math.trunc(Math.random() * 2 ** 31));
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => first + index);
const kinds = PLAN_KINDS.filter((kind) => values.kinds.split(",").includes(kind));
// A run in which nothing was done must not look like one in which nothing was found.
if (seeds.length === 0) throw new RangeError(`--seeds should be 1 or more, not ${values.seeds}`);
if (!Number.isSafeInteger(first)) throw new RangeError(`--seed should be a number, not ${values.seed}`);
if (kinds.length === 0) throw new RangeError(`nothing is of the kinds ${values.kinds}`);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const report = await chaosLogs({ seeds, kinds, lanes: Number(values.lanes), say });
process.exitCode = report.failed.length === 0 ? 0 : 1;
