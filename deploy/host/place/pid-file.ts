import { readFileSync, rmSync } from "node:fs";
import { writeFresh } from "../../write-fresh.ts";

/** Anybody may know which process it is. */
const PID_FILE_MODE = 0o644;

/** Says in a file which process this is, for service managers and scripts. */
export function writePidFile(path: string, pid: number): void {
  writeFresh(path, `${pid}\n`, PID_FILE_MODE);
}

/** The process that a pid file names; undefined when there is no such file or it holds no number. */
export function readPidFile(path: string): number | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Takes back the pid file of this process, and leaves that of another. */
export function removePidFile(path: string, pid: number): void {
  if (readPidFile(path) === pid) rmSync(path, { force: true });
}
