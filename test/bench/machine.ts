import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";

/** What the numbers were measured on: two results compare only when these agree. */
export interface Machine {
  readonly node: string;
  readonly v8: string;
  readonly os: string;
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGb: number;
}

export function describeMachine(): Machine {
  return {
    node: process.version,
    v8: process.versions.v8,
    os: `${type()} ${release()} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cpus: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
  };
}

/** The installed versions of the packages that a benchmark is measured against. */
export function versionsOf(packages: readonly string[], root: URL): Record<string, string> {
  return Object.fromEntries(packages.map((name) => [name, versionOf(name, root)]));
}

function versionOf(name: string, root: URL): string {
  const manifest = readFileSync(new URL(`node_modules/${name}/package.json`, root), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
