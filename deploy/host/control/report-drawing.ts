import type { EndedWorker, HostProcess, HostReport } from "../../../protocols/host.ts";

/** How many ended workers are shown. */
const SHOWN_MAX = 5;
const COLUMNS = [
  "process",
  "pid",
  "state",
  "version",
  "up",
  "memory",
  "connections",
  "requests",
  "last beat",
];

/** A report of the host as people read it. Pure. */
export function drawReport(report: HostReport, nowMs: number): string {
  const rows = [COLUMNS, ...report.processes.map((row) => cells(row, nowMs))];
  return [
    `${report.doing}; ${counted(report.reloads, "reload")}, ${counted(report.restarts, "restart")}`,
    "",
    ...table(rows),
    ...places(report),
    ...ends(report.ended, nowMs),
    ...report.recycled
      .slice(0, SHOWN_MAX)
      .map(({ pid, atMs, text }) => `recycled ${ago(nowMs - atMs)}: process ${pid}, ${text}`),
  ].join("\n");
}

function cells(
  { role, number, pid, state, version, startedAtMs, vitals, lastBeatMs }: HostProcess,
  nowMs: number,
): string[] {
  return [
    role === "host" ? "host" : `worker ${number}`,
    String(pid),
    state,
    version,
    span(nowMs - startedAtMs),
    vitals === undefined ? "" : `${Math.round(vitals.memory.rss / 2 ** 20)} MiB`,
    role === "host" || vitals === undefined ? "" : String(vitals.connections),
    role === "host" || vitals === undefined ? "" : String(vitals.requests),
    role === "host" || lastBeatMs === undefined ? "" : ago(lastBeatMs),
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function places({ urls }: HostReport): string[] {
  if (urls === undefined) return [];
  const lines = [...Object.entries(urls.listeners), ["operators", urls.opsUrl]];
  return ["", ...lines.map(([name, url]) => `${name?.padEnd(10)} ${url}`)];
}

function ends(ended: readonly EndedWorker[], nowMs: number): string[] {
  if (ended.length === 0) return [];
  const lines = ended
    .slice(0, SHOWN_MAX)
    .flatMap(({ number, pid, atMs, text, advice }) => [
      `${ago(nowMs - atMs)}: worker ${number} (process ${pid}) ${text}`,
      ...(advice === undefined ? [] : [`    ${advice}`]),
    ]);
  return ["", "ended, latest first:", ...lines];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function ago(ms: number): string {
  return `${span(ms)} ago`;
}

/** A time span in its two largest units: `3m 20s`. */
function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const units = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  if (first === -1) return "0s";
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(" ");
}
