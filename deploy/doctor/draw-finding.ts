import { styleText } from "node:util";
import type { Finding } from "./finding.ts";

const MARKS = { ok: "green", warn: "yellow", fail: "red" } as const;

/** What a check found, as a line for people, and a second one for what to do about it. */
export function drawFinding({ level, subject, text, advice }: Finding): string {
  const shown = process.stdout.isTTY ? styleText(MARKS[level], level.padEnd(4)) : level.padEnd(4);
  const todo = advice === undefined ? "" : `\n      ${" ".repeat(14)}  -> ${advice}`;
  return `${shown}  ${subject.padEnd(14)}  ${text}${todo}`;
}
