import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";

/** Owner only: what a log says is nobody else's. */
const FOLDER_MODE = 0o700;
/** Tells apart data directories of machines with one name. */
const RANDOM_BYTES = 3;

/**
 * By which name the files of this machine are counted: made once and kept in the data directory. A container has another host name each time, and would count a file
 * again under each.
 */
export function readerName(path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
  const host = hostname().replaceAll(/[^A-Za-z0-9._-]/g, "-");
  try {
    writeFileSync(path, `${host}-${randomBytes(RANDOM_BYTES).toString("hex")}\n`, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(path, "utf8").trim();
}
