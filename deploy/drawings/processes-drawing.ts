import type { ProcessesFields } from "../../protocols/ops-looks.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "./columns.ts";
import type { Paint, Row } from "./columns.ts";
import { bytes, duration, oneLine, slope, timeOf } from "./units.ts";

/** What `/v1/processes` answers. */
export type Processes = BodyOf<typeof ProcessesFields>;
type Process = Processes["processes"][number];

const HEADINGS = [
  "process",
  "pid",
  "state",
  "up",
  "memory",
  "grows",
  "connections",
  "requests",
  "zombies",
  "last beat",
];
const NUMBERS = ["pid", "up", "memory", "grows", "connections", "requests", "zombies", "last beat"];
const TEXT_MAX = 100;

/** Draws the processes, those that ended and why, and why workers were recycled. Pure. */
export function drawProcesses(report: Processes, nowMs: number, paint: Paint): string {
  const { hasHost, doing, restarts, reloads, processes } = report;
  const rows = processes.map((process) => rowOf(process, nowMs));
  const head = hasHost
    ? `The host is ${doing}; ${restarts} restarts, ${reloads} reloads.`
    : "One process, without a host: nothing starts it again when it dies.";
  const table = drawTable({ headings: HEADINGS, numbers: NUMBERS, rows }, paint);
  return [head, table, ...ended(report, paint), ...recycled(report, paint), ...refused(report, paint)].join(
    "\n\n",
  );
}

function rowOf({ role, number, pid, state, startedAtMs, ...rest }: Process, nowMs: number): Row {
  const { vitals, lastBeatMs, bytesPerMinute } = rest;
  return {
    cells: [
      number === 0 ? role : `${role} ${number}`,
      String(pid),
      state,
      duration(nowMs - startedAtMs),
      vitals === undefined ? "-" : bytes(vitals.memory.rss),
      slope(bytesPerMinute),
      known(vitals?.connections),
      known(vitals?.requests),
      known(vitals?.zombies),
      lastBeatMs === undefined ? "-" : `${duration(lastBeatMs)} ago`,
    ],
    style: state === "serving" ? "plain" : "warn",
  };
}

function known(count: number | undefined): string {
  return count === undefined ? "-" : String(count);
}

function ended({ ended: all }: Processes, paint: Paint): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ atMs, number, pid, lifeMs, kind, text, advice }) => ({
    cells: [
      timeOf(atMs),
      `worker ${number}`,
      String(pid),
      duration(lifeMs),
      kind,
      oneLine(advice === undefined ? text : `${text}; ${advice}`, TEXT_MAX),
    ],
    style: kind === "expected" ? ("plain" as const) : ("warn" as const),
  }));
  return [
    drawTable(
      {
        headings: ["ended", "process", "pid", "lived", "how", "what it means"],
        numbers: ["pid", "lived"],
        rows,
      },
      paint,
    ),
  ];
}

function recycled({ recycled: all }: Processes, paint: Paint): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ atMs, number, pid, cause, text }) => ({
    cells: [timeOf(atMs), `worker ${number}`, String(pid), cause, oneLine(text, TEXT_MAX)],
  }));
  return [
    drawTable({ headings: ["recycled", "process", "pid", "cause", "why"], numbers: ["pid"], rows }, paint),
  ];
}

function refused({ refusedReloads = [] }: Processes, paint: Paint): string[] {
  if (refusedReloads.length === 0) return [];
  const rows = refusedReloads.map(({ atMs, why }) => ({ cells: [timeOf(atMs), oneLine(why, TEXT_MAX)] }));
  return [drawTable({ headings: ["reload refused", "because"], numbers: [], rows }, paint)];
}
