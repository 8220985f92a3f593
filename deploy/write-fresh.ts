import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Owner only, as everything in the data directory. */
const FILE_MODE = 0o600;

/**
 * Writes a file so that a reader sees all of it or none, and so that no link is followed that somebody else has put
 * in its place: the host may be root where the directory is the worker's. What cannot be written leaves no draft.
 */
export function writeFresh(path: string, text: string, mode = FILE_MODE): void {
  const fresh = `${path}.${process.pid}.new`;
  rmSync(fresh, { force: true });
  const file = openSync(fresh, "wx", mode);
  try {
    writeDraft(file, text);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function writeDraft(file: number, text: string): void {
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
