import { readdirSync, readFileSync } from "node:fs";

/** A process of this machine; the time of its start tells it from a later one of the same number. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** `Z`: it has ended, and its parent has not asked how. */
  readonly state: string;
  readonly startedAt: string;
}

/** All processes below one, itself included, as `/proc` shows them. */
export function processesBelow(root: number): ProcessRow[] {
  const rows = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? readRow(Number(name)) : []));
  const family = new Set([root]);
  // A child may have a smaller number than its parent, so one pass is not enough.
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of rows) if (family.has(parent)) family.add(pid);
  }
  return rows.filter(({ pid }) => family.has(pid));
}

/** Whether that very process is still there. */
export function isThere({ pid, startedAt }: ProcessRow): boolean {
  return readRow(pid).some((row) => row.startedAt === startedAt);
}

function readRow(pid: number): ProcessRow[] {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return [];
  }
  // The name is in parentheses and may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "", parent = "0"] = fields;
  return [{ pid, parent: Number(parent), state, startedAt: fields[19] ?? "" }];
}
