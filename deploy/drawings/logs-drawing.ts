import type { LogsFields } from "../../protocols/ops-logs.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "./columns.ts";
import type { Paint, Row } from "./columns.ts";
import { bytes, duration, oneLine, timeOf } from "./units.ts";

/** What `/v1/logs` answers. */
export type Logs = BodyOf<typeof LogsFields>;
type Puller = Logs["pullers"][number];

const CURSOR_MAX = 28;
const HEADINGS = [
  "log",
  "state",
  "behind",
  "per second",
  "records",
  "read",
  "lost",
  "aside",
  "counted up to",
];
const NUMBERS = ["behind", "per second", "records", "read", "lost", "aside"];

/** Draws which logs a node reads, how far, and what went wrong with each last. Pure. */
export function drawLogs({ node, pullers }: Logs, paint: Paint): string {
  if (pullers.length === 0) return `${node} reads no logs.`;
  const table = drawTable({ headings: HEADINGS, numbers: NUMBERS, rows: pullers.map(rowOf) }, paint);
  const troubles = pullers.flatMap(troubleOf);
  return troubles.length === 0
    ? table
    : `${table}\n\n${paint("dim", "last failures")}\n${troubles.join("\n")}`;
}

function rowOf(puller: Puller): Row {
  const { source, partition, state, lagMs, ratePerSecond, records, lost, gaps, quarantined } = puller;
  const cells = [
    `${source}/${partition}`,
    state,
    duration(lagMs),
    String(ratePerSecond),
    String(records),
    bytes(puller.bytes),
    // Nobody may know how many there were.
    gaps > 0 && lost === 0 ? "some" : String(lost),
    String(quarantined),
    oneLine(puller.cursor ?? "-", CURSOR_MAX),
  ];
  if (state === "stalled") return { cells, style: "alarm" };
  return { cells, style: gaps > 0 || quarantined > 0 ? "warn" : "plain" };
}

function troubleOf({ source, partition, trouble }: Puller): string[] {
  if (trouble === undefined) return [];
  return [`${timeOf(trouble.atMs)}  ${source}/${partition}  ${oneLine(trouble.text)}`];
}
