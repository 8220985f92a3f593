import { readFileSync, readdirSync } from "node:fs";
import { isAlive } from "../../runtime/process/process-identity.ts";
import { eventually } from "./eventually.ts";

/** Waits until none of these processes is there any more, not even as a zombie. */
export async function untilGone(...pids: readonly number[]): Promise<void> {
  await eventually(() => pids.filter((pid) => isAlive(pid)), []);
}

/** The children of a process that have ended and that it has not reaped. */
export function zombiesOf(parent: number): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const [state, parentPid] = statOf(pid);
      return state === "Z" && Number(parentPid) === parent;
    });
}

function statOf(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    // It has ended while it was looked at.
    return [];
  }
}
