import { readFileSync, renameSync } from "node:fs";
import type { Block } from "./block.ts";

/**
 * What an earlier process wrote of the loop that killed it, once: the record is set aside by the reading.
 * A line that was cut off by the kill is left out.
 */
export function takeFatalBlocks(recordPath: string): Block[] {
  const blocks = fatalBlocks(recordPath);
  if (blocks === undefined) return [];
  renameSync(recordPath, `${recordPath}.earlier`);
  return blocks;
}

/** The same, left where it is for who takes it; undefined when there is no record. */
export function fatalBlocks(recordPath: string): Block[] | undefined {
  try {
    const lines = readFileSync(recordPath, "utf8").split("\n");
    return lines.flatMap(parse).filter(({ isFatal }) => isFatal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parse(line: string): Block[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as Block];
  } catch {
    return [];
  }
}
