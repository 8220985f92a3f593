import { readFileSync } from "node:fs";

/** How long a tick of the kernel's clock is, in milliseconds: the same on every Linux that Node runs on. */
const TICK_MS = 10;
const KB_PER_MB = 1_024;
/** Where the times stand behind the name of a process: for the program itself, and for the kernel on its behalf. */
const TIMES = { user: 11, system: 12 } as const;

/** How long the processors have worked for a process so far, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[TIMES.user]) + Number(fields[TIMES.system])) * TICK_MS;
}

/** The most memory that a process has had at once since it began, in megabytes. */
export function peakMemoryMb(pid: number): number {
  return statusOf(pid, "VmHWM") / KB_PER_MB;
}

/** What of the memory that a process has now is its own, and no page of a file that the system may take back, in megabytes. */
export function ownMemoryMb(pid: number): number {
  return statusOf(pid, "RssAnon") / KB_PER_MB;
}

function statusOf(pid: number, name: string): number {
  return Number(
    new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1],
  );
}
