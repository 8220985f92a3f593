/**
 * One measurement in a process of its own: `measure.js BENCH PART CONTENDER CIRCUMSTANCES`, the last as JSON.
 * Prints the sample as JSON, last on stdout.
 */
import type { Circumstances } from "./benchmark.ts";
import { BENCHMARKS } from "./registry.ts";

const [benchName, partName, contenderName, circumstances] = process.argv.slice(2);
const part = BENCHMARKS.find(({ name }) => name === benchName)?.parts.find(({ name }) => name === partName);
const contender = part?.contenders[contenderName ?? ""];
if (contender === undefined) throw new TypeError(`nothing to measure at ${process.argv.slice(2).join(" ")}`);

const sample = await contender(JSON.parse(circumstances ?? "") as Circumstances);
process.stdout.write(`\n${JSON.stringify(sample)}\n`);
// What was measured need not be taken down in order.
process.exit();
