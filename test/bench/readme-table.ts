import { readFile, writeFile } from "node:fs/promises";
import { Refusal } from "./benchmark.ts";
import type { Benchmark } from "./benchmark.ts";
import type { Machine } from "./machine.ts";
import { aim, readable } from "./report.ts";
import { readResult } from "./result.ts";
import type { KeptResult } from "./result.ts";

const BEGIN = "<!-- bench -->";
const END = "<!-- /bench -->";

/** How the table speaks in each language. */
const LANGUAGES = {
  en: {
    file: "README.md",
    head: ["Benchmark", "Figure", "Result", "Aim", "What it says"],
    on: ({ node, cpu, cpus, memoryGb, os }: Machine) =>
      `Node ${node}, ${cpus} × ${cpu}, ${memoryGb} GB, ${os}`,
    against: "against",
    colon: ": ",
  },
  zh: {
    file: "README.zh-CN.md",
    head: ["基准", "指标", "结果", "目标", "含义"],
    on: ({ node, cpu, cpus, memoryGb, os }: Machine) =>
      `Node ${node}，${cpus} × ${cpu}，${memoryGb} GB 内存，${os}`,
    against: "对比",
    colon: "：",
  },
} as const;

type Language = keyof typeof LANGUAGES;

/** Writes the table of all kept results into both READMEs, between their marks. Answers what it wrote. */
export async function writeReadmeTables(benchmarks: readonly Benchmark[], root: URL): Promise<string[]> {
  const kept: Kept[] = [];
  for (const bench of benchmarks) {
    const result = await readResult(bench.name, root);
    if (result !== undefined) kept.push({ bench, result });
  }
  const languages = Object.keys(LANGUAGES) as Language[];
  for (const language of languages) {
    const { file } = LANGUAGES[language];
    const text = await readReadme(file, root);
    await writeFile(new URL(file, root), withTable(text, tableOf(kept, language), file));
  }
  return languages.map((language) => LANGUAGES[language].file);
}

async function readReadme(file: string, root: URL): Promise<string> {
  try {
    return await readFile(new URL(file, root), "utf8");
  } catch (error) {
    throw new Refusal(`${file} cannot be read: ${(error as Error).message}`);
  }
}

interface Kept {
  readonly bench: Benchmark;
  readonly result: KeptResult;
}

/** The text with everything between the two marks replaced. */
export function withTable(text: string, table: string, name: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Refusal(`${name} has no ${BEGIN} … ${END} to write the table between.`);
  }
  return `${text.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${text.slice(end)}`;
}

function tableOf(kept: readonly Kept[], language: Language): string {
  const rows = kept.flatMap(({ bench, result }) => rowsOf(bench, result, language));
  const lines = [LANGUAGES[language].head, ["---", "---", "---:", "---:", "---"], ...rows];
  const notes = kept.map(({ bench, result }) => `- ${noteOf(bench, result, language)}`);
  return [...lines.map((cells) => `| ${cells.join(" | ")} |`), "", ...notes].join("\n");
}

function rowsOf(bench: Benchmark, result: KeptResult, language: Language): string[][] {
  const figures = bench.parts.flatMap((part) => Object.entries(part.figures));
  return figures.flatMap(([key, figure]) => {
    const value = result.ratios[key] ?? result.values[key];
    if (value === undefined) return [];
    const shown = figure.kind === "ratio" ? `${readable(value)} ×` : readable(value);
    return [[bench.name, `\`${key}\``, shown, aim(figure), figure.means[language]]];
  });
}

function noteOf({ name, peers }: Benchmark, result: KeptResult, language: Language): string {
  const { on, against, colon } = LANGUAGES[language];
  const versions = peers.map((peer) => `${peer} ${result.peers[peer]}`).join(", ");
  const beside = versions === "" ? "" : ` ${against} ${versions}`;
  return `\`${name}\`${beside}${colon}${on(result.machine)}`;
}
