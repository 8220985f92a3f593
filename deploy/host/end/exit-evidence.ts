import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fatalBlocks } from "../../../runtime/supervision/watchdog/block-record.ts";
import type { Block } from "../../../runtime/supervision/watchdog/block.ts";
import { BLOCKS_FILE } from "../../data-directory.ts";

/** The blocked loop for which the watchdog of a process has killed it; the record stays for the next worker, which quarantines the message. */
export function fatalBlockOf(dataDir: string, pid: number): Block | undefined {
  try {
    return fatalBlocks(join(dataDir, BLOCKS_FILE))?.findLast((block) => block.pid === pid);
  } catch {
    // Evidence that cannot be read is missing evidence; the worker's end is told all the same.
    return undefined;
  }
}

/**
 * How many processes the kernel has killed since boot because memory was short; undefined where it does not say.
 * What rises while a worker dies of SIGKILL tells who killed it.
 */
export function oomKills(vmstatPath = "/proc/vmstat"): number | undefined {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync(vmstatPath, "utf8"))?.[1];
    return count === undefined ? undefined : Number(count);
  } catch {
    return undefined;
  }
}
