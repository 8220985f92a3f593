import { readFileSync } from "node:fs";

/** One process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in ticks since a certain boot; undefined where the system does not say (other than Linux). */
  readonly began: string | undefined;
}

/** Fields of `/proc/PID/stat` behind the name of the process, which stands in brackets and may hold anything. */
const STATE_FIELD = 0;
const BEGAN_FIELD = 19;

/** Who this process is. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, began: beganOf(process.pid) };
}

/** Whether exactly this process still runs. One that has ended and was not reaped does not run. */
export function isRunning({ pid, began }: ProcessIdentity): boolean {
  if (!isAlive(pid)) return false;
  const now = beganOf(pid);
  return now === undefined ? began === undefined : began === undefined || now === began;
}

/** Signal 0 is delivered to nobody; it only asks whether there is somebody (EPERM: there is, and it is another user's). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return stateOf(pid) !== "Z";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function beganOf(pid: number): string | undefined {
  const began = statOf(pid)?.[BEGAN_FIELD];
  return began === undefined ? undefined : `${bootId()}:${began}`;
}

function stateOf(pid: number): string | undefined {
  return statOf(pid)?.[STATE_FIELD];
}

function statOf(pid: number): readonly string[] | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Ticks begin anew with each boot, so they mean something only together with it. */
function bootId(): string {
  return readIfThere("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // No such process, or a system that does not tell: there is nothing to know either way.
    return undefined;
  }
}
