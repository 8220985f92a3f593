/**
 * Chaos in a cluster of real processes: `npm run chaos -- --seeds 200 [--seed S] [--rows R4,R7]`. Says each seed before it runs; ends with 1 when one of them found a
 * problem. Which rows are here, and which elsewhere, is in deploy/docs/chaos.md.
 */
import { parseArgs } from "node:util";
import { chaos } from "./chaos.ts";
import { TORMENTS } from "./plan.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    seed: { type: "string" },
    rows: { type: "string", default: "" },
    keep: { type: "boolean", default: false },
  },
});
const first = Number(values.seed ?? Math.trunc(Math.random() * 2 ** 31));
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => first + index);
const rows = values.rows.split(",").filter((row) => row !== "");
const known = new Set(Object.values(TORMENTS).map(({ row }) => row));
const unknown = rows.filter((row) => !known.has(row));
// A run in which nothing was done must not look like one in which nothing was found.
if (seeds.length === 0) throw new RangeError(`--seeds should be 1 or more, not ${values.seeds}`);
if (!Number.isSafeInteger(first)) throw new RangeError(`--seed should be a number, not ${values.seed}`);
if (unknown.length > 0) throw new RangeError(`nothing is of the rows ${unknown.join(",")}`);
const report = await chaos({
  seeds,
  rows,
  keepsFailed: values.keep,
  say: (text) => void process.stdout.write(`${text}\n`),
});
process.exitCode = report.failed.length === 0 ? 0 : 1;
