import { existsSync, realpathSync, rmSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import type { JournalCopyFields } from "../../protocols/ops-acts.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import { Fault } from "../../runtime/fault.ts";
import { DATA_FILE, examineDataFile, restoreLength } from "../../runtime/persistence/data-file.ts";
import { unusable } from "../../runtime/persistence/lmdb-fault.ts";
import { openStore } from "../../runtime/persistence/lmdb-store.ts";
import type { LmdbStore } from "../../runtime/persistence/lmdb-store.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { holdStill } from "../../runtime/persistence/still-store.ts";
import { takeStore } from "../../runtime/persistence/store-lock.ts";
import type { StillStore } from "../../runtime/persistence/still-store.ts";
import { holderOf } from "../host/place/host-lock.ts";
import { opsClientOf } from "../ops-client.ts";
import { JOURNAL_FOLDER } from "../open-stores.ts";
import { Refusal } from "../refusal.ts";

/** How long the node may take to copy a large journal, in milliseconds. */
const COPY_LIMIT_MS = 600_000;

type JournalCopies = BodyOf<typeof JournalCopyFields>;

/** The journal of a data directory as it is at one moment. */
export interface OpenForReading {
  readonly path: string;
  readonly still: StillStore;
  readonly store: LmdbStore;
}

/** Has something read the journal of a data directory. Where a node runs on it, that one makes a copy, which is read instead. Nothing that is stored is changed. @throws Refusal */
export async function readingJournal<T>(
  settings: NodeSettings,
  read: (journal: OpenForReading) => Promise<T>,
): Promise<T> {
  const path = join(settings.dataDir, JOURNAL_FOLDER);
  try {
    if (holderOf(settings.dataDir) !== undefined) return await readCopy(settings, path, read);
    return await readAlone(path, read);
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

async function readCopy<T>(
  settings: NodeSettings,
  path: string,
  read: (journal: OpenForReading) => Promise<T>,
): Promise<T> {
  const client = opsClientOf(settings, undefined);
  const answer = (await client.post("/v1/node/journal-copy", {}, COPY_LIMIT_MS)) as JournalCopies;
  const [copy] = answer.copies;
  const stranger = answer.copies.find((made) => !isInside(settings.dataDir, made.path));
  if (stranger !== undefined) {
    throw unusable(path, `${stranger.path} was named as its copy, which is not in the data directory`);
  }
  if (copy === undefined) throw unusable(path, "the node that runs stores nothing on this machine");
  try {
    return await readStill(copy.path, path, read);
  } finally {
    for (const made of answer.copies) rmSync(made.path, { recursive: true, force: true });
  }
}

/** What is answered at a port is removed only where the node could have put it: after a crash of the node, anybody may listen there. */
function isInside(folder: string, path: string): boolean {
  if (!existsSync(path)) return false;
  const way = relative(realpathSync(folder), realpathSync(path));
  return way !== "" && !way.startsWith("..") && !isAbsolute(way);
}

/** No node runs; one that starts meanwhile waits, and finds a file that nobody is lengthening. */
async function readAlone<T>(path: string, read: (journal: OpenForReading) => Promise<T>): Promise<T> {
  const file = join(path, DATA_FILE);
  if (!existsSync(file)) throw unusable(path, "there is no journal");
  const release = takeStore(path);
  try {
    // A page beyond the end of the file would end this process.
    if (examineDataFile(file) === "short") restoreLength(file);
    return await readStill(path, path, read);
  } finally {
    release();
  }
}

/** `path` is what is read, `name` what it is called. */
async function readStill<T>(
  path: string,
  name: string,
  read: (journal: OpenForReading) => Promise<T>,
): Promise<T> {
  const store = await openStore(path, { isReadOnly: true });
  const still = holdStill(store);
  try {
    return await read({ path: name, still, store });
  } finally {
    still.done();
    await store.close();
  }
}
