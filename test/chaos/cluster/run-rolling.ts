/**
 * Restarts all nodes of a cluster in turn under load: `npm run chaos:rolling -- --rounds 3 --entities 1200 [--every 400]`. Ends with 1 when something was lost, came
 * twice, or failed.
 */
import { parseArgs } from "node:util";
import { rolling } from "./rolling.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    entities: { type: "string", default: "1200" },
    every: { type: "string", default: "400" },
  },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const report = await rolling({
  rounds: Number(values.rounds),
  entities: Number(values.entities),
  everyMs: Number(values.every),
  say,
});
say(JSON.stringify(report, undefined, 2));
const isSound =
  report.answered > 0 &&
  report.moves > 0 &&
  report.lost === 0 &&
  report.twice === 0 &&
  report.problems.length === 0 &&
  Object.keys(report.faults).length === 0;
process.exitCode = isSound ? 0 : 1;
