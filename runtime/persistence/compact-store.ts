import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DATA_FILE } from "./data-file.ts";
import { LOCK_FILE, openStore } from "./lmdb-store.ts";
import type { LmdbStore } from "./lmdb-store.ts";

/** A smaller file is left as it is. */
export const COMPACT_ABOVE_BYTES = 67_108_864;
/** Compacted when less than this share of the file holds something. */
const USED_SHARE_MIN = 0.5;
/** So much is copied at most: whoever opens the journal waits for it. */
const COPY_BYTES_MAX = 1_073_741_824;
const COPY_FOLDER = "compacting";
const DATABASES = ["entities", "records", "snapshots", "wakes", "due", "meta"] as const;

/**
 * Gives back to the disk what a journal does not use any more: LMDB uses free pages again, but never shortens its file.
 * For the opening of a journal, whose process has taken the store: nobody else has the old file open.
 * Copies into a fresh file and swaps; a copy that does not hold as much is thrown away.
 */
export async function compactStore(store: LmdbStore, aboveBytes = COMPACT_ABOVE_BYTES): Promise<LmdbStore> {
  if (!isWasteful(store, aboveBytes)) return store;
  const { path } = store;
  const folder = join(path, COPY_FOLDER);
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    await store.copyTo(folder);
    if (!(await isWhole(folder, store))) return store;
    flushFile(join(folder, DATA_FILE));
    await store.close();
    // The lock file knows the transactions of the old file.
    rmSync(join(path, LOCK_FILE));
    renameSync(join(folder, DATA_FILE), join(path, DATA_FILE));
    flushFile(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return openStore(path);
}

function isWasteful(store: LmdbStore, aboveBytes: number): boolean {
  const { size } = statSync(join(store.path, DATA_FILE));
  return size > aboveBytes && store.usedBytes() < Math.min(size * USED_SHARE_MIN, COPY_BYTES_MAX);
}

async function isWhole(folder: string, store: LmdbStore): Promise<boolean> {
  const copy = await openStore(folder);
  try {
    return DATABASES.every((name) => store[name].getKeysCount() === copy[name].getKeysCount());
  } finally {
    await copy.close();
  }
}

function flushFile(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
