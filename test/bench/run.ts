/**
 * Runs one benchmark with its peers: `npm run -s bench -- NAME [--quick] [--only PART]`.
 * Tables go to stderr while it runs; the last line on stdout is the result as JSON. A full run is kept in `results/NAME.json`.
 * `npm run -s bench -- table` writes the kept results into the READMEs.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Refusal } from "./benchmark.ts";
import type { Benchmark, Part, Sample } from "./benchmark.ts";
import { measureInFreshProcess } from "./fresh-process.ts";
import { describeMachine, versionsOf } from "./machine.ts";
import { writeReadmeTables } from "./readme-table.ts";
import { BENCHMARKS } from "./registry.ts";
import { reportPart } from "./report.ts";
import { keepResult } from "./result.ts";
import type { KeptResult, Result } from "./result.ts";
import { rounded, Samples } from "./samples.ts";

const ROOT = new URL("../../../", import.meta.url);

interface Order {
  readonly bench: Benchmark;
  readonly parts: readonly Part[];
  readonly quick: boolean;
  /** Whether `--only` or `--quick` left something out: then the result is not kept. */
  readonly isPartial: boolean;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message);
  process.exitCode = 1;
}

async function main(words: readonly string[]): Promise<void> {
  if (words.length === 1 && words[0] === "table") {
    for (const file of await writeReadmeTables(BENCHMARKS, ROOT)) say(`wrote the table in ${file}`);
    return;
  }
  const order = readOrder(words);
  const startedAtMs = performance.now();
  const result = await run(order);
  if (!order.isPartial) say(`kept in ${await keepResult(result, ROOT)}`);
  say(`${order.bench.name} took ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`);
  process.stdout.write(`${JSON.stringify(lineOf(result))}\n`);
}

function readOrder(words: readonly string[]): Order {
  const { name, quick, only } = readWords(words);
  const names = BENCHMARKS.map((bench) => bench.name).join(", ");
  if (name === undefined) {
    throw new Refusal(`Usage: npm run -s bench -- NAME [--quick] [--only PART]; NAME: ${names}, or table.`);
  }
  const bench = BENCHMARKS.find((candidate) => candidate.name === name);
  if (bench === undefined) throw new Refusal(`There is no benchmark "${name}"; there are ${names}.`);
  const wanted = only === undefined ? bench.parts : bench.parts.filter((part) => part.name === only);
  if (wanted.length === 0) {
    throw new Refusal(
      `${name} has no part "${only}"; it has ${bench.parts.map((part) => part.name).join(", ")}.`,
    );
  }
  const parts = wanted.filter((part) => !quick || part.isLong !== true);
  const leftOut = wanted.filter((part) => !parts.includes(part)).flatMap((part) => Object.keys(part.figures));
  if (leftOut.length > 0) say(`--quick leaves out ${leftOut.join(", ")}`);
  return { bench, parts, quick, isPartial: quick || only !== undefined };
}

function readWords(words: readonly string[]): {
  name: string | undefined;
  quick: boolean;
  only: string | undefined;
} {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: { quick: { type: "boolean", default: false }, only: { type: "string" } },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new Refusal(`One benchmark at a time, not ${positionals.join(", ")}.`);
    return { name: positionals[0], quick: values.quick, only: values.only };
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal((error as Error).message.split(". ")[0]);
  }
}

async function run({ bench, parts, quick }: Order): Promise<KeptResult> {
  const machine = describeMachine();
  const scratch = await mkdtemp(join(tmpdir(), "banyan-bench-"));
  const result = { ratios: {} as Record<string, number>, values: {} as Record<string, number> };
  const measured: Record<string, KeptResult["measured"][string]> = {};
  try {
    for (const part of parts) {
      const samples = await takeTurns(part, quick, (contender) => {
        const circumstances = { quick, scratch };
        if (part.runsIn === "runner") return part.contenders[contender]!(circumstances);
        return measureInFreshProcess({ bench, part, contender }, circumstances);
      });
      const figures = workOut(part, samples);
      for (const [key, value] of Object.entries(figures)) {
        result[part.figures[key]!.kind === "ratio" ? "ratios" : "values"][key] = value;
      }
      measured[part.name] = samples.spreads();
      say(reportPart(part, samples, figures));
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const { node, cpus } = machine;
  const peers = versionsOf(bench.peers, ROOT);
  return { bench: bench.name, node, cpus, quick, ...result, peers, machine, measured };
}

/** Gives all contenders their turns: A B A B …, so that whatever else the machine does meets them alike. */
async function takeTurns(
  part: Part,
  quick: boolean,
  measure: (contender: string) => Promise<Sample>,
): Promise<Samples> {
  const names = Object.keys(part.contenders);
  const rounds: Record<string, Sample[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < part.rounds[quick ? "quick" : "full"]; round++) {
    for (const name of names) rounds[name]!.push(await measure(name));
  }
  return new Samples(rounds);
}

function workOut(part: Part, samples: Samples): Record<string, number> {
  const figures = Object.entries(part.figures).map(
    ([key, figure]) => [key, rounded(figure.of(samples))] as const,
  );
  const [senseless] = figures.find(([, value]) => !Number.isFinite(value)) ?? [];
  if (senseless !== undefined) throw new Refusal(`${senseless} is no number: a contender measured nothing.`);
  return Object.fromEntries(figures);
}

function lineOf({ bench, node, cpus, quick, ratios, values, peers }: KeptResult): Result {
  return { bench, node, cpus, quick, ratios, values, peers };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
