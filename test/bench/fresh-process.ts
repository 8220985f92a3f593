import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Benchmark, Circumstances, Part, Sample } from "./benchmark.ts";

/** A measurement that takes longer hangs. */
const MEASUREMENT_MAX_MS = 600_000;

const MEASURE = fileURLToPath(new URL("measure.js", import.meta.url));

/** Has one contender measured in a new Node process. */
export async function measureInFreshProcess(
  { bench, part, contender }: { bench: Benchmark; part: Part; contender: string },
  circumstances: Circumstances,
): Promise<Sample> {
  const flags = part.nodeFlags ?? [];
  const what = [bench.name, part.name, contender, JSON.stringify(circumstances)];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, MEASURE, ...what], {
    timeout: MEASUREMENT_MAX_MS,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Sample;
}
