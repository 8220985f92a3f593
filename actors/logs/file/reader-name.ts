import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  const known = nameIn(path);
  if (known !== "") return known;
  makeName(path);
  return nameIn(path);
}

/** Empty when there is none: an empty file is one whose writer has died. */
function nameIn(path: string): string {
  try {
    const name = readFileSync(path, "utf8").trim();
    if (name === "") rmSync(path);
    return name;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return "";
  }
}

/** A link fails when its name is there, so of two at once one wins; and the file is complete, and on the disk, when it gets its name. */
function makeName(path: string): void {
  const host = hostname().replaceAll(/[^A-Za-z0-9._-]/g, "-");
  const name = `${host}-${randomBytes(RANDOM_BYTES).toString("hex")}`;
  const draft = `${path}.${name}`;
  writeFileSync(draft, `${name}\n`, { flag: "wx", flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
