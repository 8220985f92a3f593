import type { TracesFields } from "../../protocols/ops-acts.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { timeOf } from "./units.ts";

/** What `/v1/trace` answers. */
export type Traces = BodyOf<typeof TracesFields>;
export type TraceSample = NonNullable<Traces["samples"]>[number];

const WIDTHS = { kind: 24, number: 12 } as const;

/** The line above the samples of a trace. Pure. */
export function traceHeading(): string {
  return line("when", "message", "waited", "took", "outcome");
}

/** One line for one turn: they come one by one, so their columns are fixed. Pure. */
export function drawSample({ atMs, kind, waitedMs, tookMs, outcome }: TraceSample): string {
  return line(timeOf(atMs), kind, precise(waitedMs), precise(tookMs), outcome);
}

function line(when: string, kind: string, ...[waited = "", took = "", outcome = ""]: string[]): string {
  const { number } = WIDTHS;
  return `${when.padEnd(19)}  ${kind.padEnd(WIDTHS.kind)}  ${waited.padStart(number)}  ${took.padStart(number)}  ${outcome}`;
}

/** Turns are short, so their times need more than whole milliseconds. */
function precise(ms: number): string {
  return `${ms < 10 ? ms.toFixed(3) : Math.round(ms)} ms`;
}
