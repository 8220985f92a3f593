import { readFileSync, renameSync } from "node:fs";
import type { Block } from "./block.ts";

/**
 * What an earlier process wrote of the loop that killed it, once: the record is set aside by the reading.
 * A line that was cut off by the kill is left out.
 */
export function takeFatalBlocks(recordPath: string): Block[] {
  let text: string;
  try {
    text = readFileSync(recordPath, "utf8");
    renameSync(recordPath, `${recordPath}.earlier`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return text
    .split("\n")
    .flatMap(parse)
    .filter(({ isFatal }) => isFatal);
}

function parse(line: string): Block[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as Block];
  } catch {
    return [];
  }
}
