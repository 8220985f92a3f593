import type { ProcessMemory } from "../../protocols/host.ts";

/** The memory of this process, now. */
export function processMemory(): ProcessMemory {
  return process.memoryUsage();
}

/** The number of this process. */
export function processId(): number {
  return process.pid;
}
