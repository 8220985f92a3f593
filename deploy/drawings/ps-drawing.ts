import type { JudgedProcess } from "../host/strays/stray-processes.ts";
import { drawTable } from "./columns.ts";
import type { Paint } from "./columns.ts";
import { bytes, duration, oneLine } from "./units.ts";

const HEADINGS = ["pid", "process", "up", "memory", "data directory", "what it is"];
const TEXT_MAX = 100;

/** Draws the banyan processes of a machine, and which of them are left over from an earlier run. Pure. */
export function drawPs(processes: readonly JudgedProcess[], nowMs: number, paint: Paint): string {
  if (processes.length === 0) return "No banyan process runs on this machine, as far as you may see.";
  const rows = processes.map(({ pid, title, startedAtMs, rssBytes, dataDir, isStray, why }) => ({
    cells: [
      String(pid),
      oneLine(title),
      startedAtMs === undefined ? "-" : duration(Math.max(0, nowMs - startedAtMs)),
      bytes(rssBytes),
      oneLine(dataDir ?? "-"),
      oneLine(isStray ? `stray: ${why}` : why, TEXT_MAX),
    ],
    style: isStray ? ("alarm" as const) : ("plain" as const),
  }));
  return drawTable({ headings: HEADINGS, numbers: ["pid", "up", "memory"], rows }, paint);
}
