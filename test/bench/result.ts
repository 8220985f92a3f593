import { mkdir, readFile, writeFile } from "node:fs/promises";
import type { Machine } from "./machine.ts";
import type { Spread } from "./samples.ts";

/** The one JSON line that a run ends with. */
export interface Result {
  readonly bench: string;
  readonly node: string;
  readonly cpus: number;
  readonly quick: boolean;
  readonly ratios: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, number>>;
  readonly peers: Readonly<Record<string, string>>;
}

/** A full run as it is kept: the result, what it was measured on, and what was measured for each contender of each part. */
export interface KeptResult extends Result {
  readonly machine: Machine;
  readonly measured: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Spread>>>>>>;
}

/** Where results of full runs lie, from the root of the repository. */
const RESULTS = "test/bench/results/";

/** Keeps a full run and answers its file, from the root of the repository. */
export async function keepResult(result: KeptResult, root: URL): Promise<string> {
  const file = `${RESULTS}${result.bench}.json`;
  await mkdir(new URL(RESULTS, root), { recursive: true });
  await writeFile(new URL(file, root), `${JSON.stringify(result, undefined, 2)}\n`);
  return file;
}

/** The latest full run of a benchmark; undefined when there is none. */
export async function readResult(bench: string, root: URL): Promise<KeptResult | undefined> {
  try {
    return JSON.parse(await readFile(new URL(`${RESULTS}${bench}.json`, root), "utf8")) as KeptResult;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
