import { statSync, statfsSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../fault.ts";
import { DATA_FILE } from "./data-file.ts";

/** Of the operating system: no space on the device, a file larger than allowed, a quota used up. */
const NO_ROOM: ReadonlySet<unknown> = new Set([28, 27, 122]);
const NO_ROOM_NAMES: ReadonlySet<unknown> = new Set(["ENOSPC", "EFBIG", "EDQUOT"]);
/** What LMDB says when the system took only a part of a write: most often the disk is full, but it may be broken. */
const INPUT_OUTPUT = 5;
/** Of LMDB: the map cannot grow further. */
const MAP_FULL = -30_792;
/** Of LMDB: a page is missing or is of another kind, the file is none of LMDB, or the transaction has met such a page. */
const DAMAGED: ReadonlySet<unknown> = new Set([-30_797, -30_796, -30_793, -30_782]);
/** With less than this free, a write that was taken in part means that the disk is full. */
const ROOM_BYTES_MIN = 4_194_304;
const PAGE_BYTES = 4_096;

/** What a failure of LMDB means for who uses the journal in that file: full, damaged, or not to be written now. */
export function lmdbFault(error: unknown, file: string): Fault {
  if (error instanceof Fault) return error;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const details = { path: file, why: String(message) };
  const isFull =
    code === MAP_FULL ||
    NO_ROOM.has(code) ||
    NO_ROOM_NAMES.has(code) ||
    (code === INPUT_OUTPUT && hasNoRoom(file));
  if (isFull) return new Fault("journalFull", details, { cause: error });
  if (DAMAGED.has(code)) return new Fault("journalCorrupt", details, { cause: error });
  return new Fault("journalUnavailable", details, { cause: error });
}

function hasNoRoom(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(file);
    if (bavail * bsize < ROOM_BYTES_MIN) return true;
    // Longer by an empty page, which is LMDB's next: nothing in the file changes.
    truncateSync(file, statSync(file).size + PAGE_BYTES);
    return false;
  } catch (error) {
    return NO_ROOM_NAMES.has((error as NodeJS.ErrnoException).code);
  }
}

/** Why a journal could not be opened: what is damaged is said to be so; all else is something that the operator put there. */
export function unopened(path: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const fault = lmdbFault(error, join(path, DATA_FILE));
  return fault.code === "journalUnavailable"
    ? unusable(path, String((error as Error).message), error)
    : fault;
}

/** @returns the fault that says in words why this directory holds no journal that can be used */
export function unusable(path: string, why: string, cause?: unknown): Fault {
  return new Fault("journalUnusable", { path, why }, { cause });
}
