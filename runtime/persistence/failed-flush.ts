import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DATA_FILE } from "./data-file.ts";

const NOTE_FILE = "flush-failed";
const STEP_BYTES = 4_194_304;

/** Leaves word for whoever opens the journal next that a flush has failed. A disk that takes nothing at all does not take this either. */
export function noteFailedFlush(path: string): void {
  try {
    writeFileSync(join(path, NOTE_FILE), "");
  } catch {
    // Then nobody can open the journal before the disk has been seen to.
  }
}

/**
 * Writes a whole data file once more, as it reads, where an earlier flush of it has failed: the system may have forgotten which of its
 * pages the disk does not have, and would never write them again. @throws Error of the operating system
 */
export function rewriteAfterFailedFlush(path: string): void {
  const note = join(path, NOTE_FILE);
  if (!existsSync(note)) return;
  rewrite(join(path, DATA_FILE));
  rmSync(note);
}

function rewrite(file: string): void {
  const data = openSync(file, "r+");
  try {
    const { size } = fstatSync(data);
    const step = Buffer.allocUnsafe(STEP_BYTES);
    for (let at = 0; at < size;) {
      const count = readSync(data, step, 0, STEP_BYTES, at);
      if (count === 0) break;
      at += writeSync(data, step, 0, count, at);
    }
    fsyncSync(data);
  } finally {
    closeSync(data);
  }
}
