import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeHeapSnapshot } from "node:v8";

const FOLDER_MODE = 0o700;
const ENDING = ".heapsnapshot";

/** A file with everything that is on the heap, for the developer tools of a browser. */
export interface HeapSnapshot {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Writes a heap snapshot into a folder, readable by its owner alone: it holds whatever the process knows. The event loop
 * stands still meanwhile, and the process needs about twice its heap. Older snapshots give way: at most `kept` are left.
 */
export function takeHeapSnapshot(folder: string, name: string, kept: number): HeapSnapshot {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  const path = writeHeapSnapshot(join(folder, `${name}${ENDING}`));
  const old = readdirSync(folder)
    .filter((file) => file.endsWith(ENDING))
    .toSorted()
    .slice(0, -kept);
  for (const file of old) rmSync(join(folder, file), { force: true });
  return { path, bytes: statSync(path).size };
}
