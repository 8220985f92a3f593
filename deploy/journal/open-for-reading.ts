import { existsSync } from "node:fs";
import { join } from "node:path";
import type { NodeSettings } from "../../protocols/settings.ts";
import { Fault } from "../../runtime/fault.ts";
import { examineDataFile, restoreLength } from "../../runtime/persistence/data-file.ts";
import { DATA_FILE, openStore } from "../../runtime/persistence/lmdb-store.ts";
import type { LmdbStore } from "../../runtime/persistence/lmdb-store.ts";
import { holdStill } from "../../runtime/persistence/still-store.ts";
import type { StillStore } from "../../runtime/persistence/still-store.ts";
import { holderOf } from "../host/place/host-lock.ts";
import { JOURNAL_FOLDER } from "../open-stores.ts";
import { Refusal } from "../refusal.ts";

/** The journal of a data directory as it is at one moment. */
export interface OpenForReading {
  readonly path: string;
  readonly still: StillStore;
  readonly store: LmdbStore;
}

/** Has something read the journal of a data directory, whether or not a node runs on it. Nothing is changed. @throws Refusal */
export async function readingJournal<T>(
  { dataDir }: NodeSettings,
  read: (journal: OpenForReading) => Promise<T>,
): Promise<T> {
  const path = join(dataDir, JOURNAL_FOLDER);
  try {
    return await readStill(path, dataDir, read);
  } catch (error) {
    throw journalRefusal(error);
  }
}

/** A fault in words, without a stack; what is no fault stays what it is. */
export function journalRefusal(error: unknown): unknown {
  if (!(error instanceof Fault)) return error;
  const { path, why = error.message } = error.details as { readonly path?: string; readonly why?: string };
  const text = path === undefined ? error.message : `the journal ${path}: ${why}`;
  return new Refusal("failed", text, { cause: error });
}

async function readStill<T>(
  path: string,
  dataDir: string,
  read: (journal: OpenForReading) => Promise<T>,
): Promise<T> {
  const file = join(path, DATA_FILE);
  // A page beyond the end of the file would end this process. One that runs has the file as it needs it.
  if (existsSync(file) && examineDataFile(file) === "short" && holderOf(dataDir) === undefined) {
    restoreLength(file);
  }
  const store = await openStore(path, { isReadOnly: true });
  const still = holdStill(store);
  try {
    return await read({ path, still, store });
  } finally {
    still.done();
    await store.close();
  }
}
