import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import type { Database, RootDatabase, TransactionFlags } from "lmdb";
import { DATA_FILE, examineDataFile } from "./data-file.ts";
import { lmdbFault, unopened, unusable } from "./lmdb-fault.ts";
import { takeStore } from "./store-lock.ts";
import type { StoreRelease } from "./store-lock.ts";

/** The layout that this banyan writes, and the only one that it reads. */
export const JOURNAL_FORMAT = 1;
const FORMAT_KEY = "format";
/** Beside it: which processes have it open. Also those that only read write into it. */
export const LOCK_FILE = "lock.mdb";
/** Abortable, committed when the call returns, and not flushed: `flush` does that on a thread. */
const COMMIT_ONLY = 0x1_00_03;

/** The databases of the environment. */
const NAMES: ReadonlySet<unknown> = new Set(["entities", "records", "snapshots", "wakes", "due", "meta"]);

/** The first entry of a key in the records: see `entityKey`. */
export type RecordKey = [entity: string, version: number];

/** When which entity is to be woken. */
export type DueKey = [atMs: number, entity: string];

/** The LMDB environment of a journal: its databases, transactions, and what they take. */
export interface LmdbStore {
  readonly path: string;
  /** Which entities there are: one empty entry each. */
  readonly entities: Database<Uint8Array, string>;
  readonly records: Database<Uint8Array, RecordKey>;
  readonly snapshots: Database<Uint8Array, string>;
  /** Which entities want to be woken, and when; `due` has the same in the order of time. */
  readonly wakes: Database<Uint8Array, string>;
  readonly due: Database<Uint8Array, DueKey>;
  /** Format and writer, as JSON. */
  readonly meta: Database<unknown, string>;
  /** Runs `work` in a write transaction: all of it becomes visible, or nothing. @throws Fault */
  transact<T>(work: () => T): T;
  /** Runs `work`, which reads. @throws Fault */
  look<T>(work: () => T): T;
  /** Resolves when everything committed before is on the disk. */
  flush(): Promise<void>;
  /** Copies what is alive, in order and without gaps, into the file of another directory. */
  copyTo(directory: string): Promise<void>;
  /** Of the pages that hold something. */
  usedBytes(): number;
  close(): Promise<void>;
}

/** LMDB has it, and its types do not. */
interface Syncing {
  sync(done: (error?: unknown) => void): void;
}

/**
 * Opens the environment in a directory, and makes it when there is none.
 * @throws Fault journalUnusable, in words, when this is no journal, a newer banyan has written it, or it cannot be opened
 */
export async function openStore(path: string, { isReadOnly = false } = {}): Promise<LmdbStore> {
  if (isReadOnly && !existsSync(join(path, DATA_FILE))) throw unusable(path, "there is no journal");
  const release = takeStore(path);
  try {
    return await openTaken(path, isReadOnly, release);
  } catch (error) {
    release();
    throw unopened(path, error);
  }
}

async function openTaken(path: string, isReadOnly: boolean, release: StoreRelease): Promise<LmdbStore> {
  const root = openRoot(path, isReadOnly);
  try {
    checkNames(path, root);
    const store = storeOf(path, root, release);
    checkFormat(store, isReadOnly);
    return store;
  } catch (error) {
    await root.close();
    throw error;
  }
}

function openRoot(path: string, isReadOnly: boolean): RootDatabase {
  checkAccess(path, isReadOnly);
  // What is unused in a page may hold other bytes of this process: the directory is its owner's alone.
  return open({ path, noSubdir: false, noMemInit: true, readOnly: isReadOnly, maxDbs: 8, maxReaders: 126 });
}

/** Before LMDB is asked: its way out of an opening that fails can end the process. */
function checkAccess(path: string, isReadOnly: boolean): void {
  const wanted = constants.R_OK | (isReadOnly ? 0 : constants.W_OK);
  accessSync(path, wanted);
  const lock = join(path, LOCK_FILE);
  accessSync(existsSync(lock) ? lock : path, constants.R_OK | constants.W_OK);
  const file = join(path, DATA_FILE);
  if (!existsSync(file) || statSync(file).size === 0) return;
  accessSync(file, wanted);
  if (examineDataFile(file) === "foreign") throw unusable(path, `${DATA_FILE} is no file of LMDB`);
}

function storeOf(path: string, root: RootDatabase, release: StoreRelease): LmdbStore {
  const entities = root.openDB<Uint8Array, string>("entities", { encoding: "binary" });
  const records = root.openDB<Uint8Array, RecordKey>("records", { encoding: "binary" });
  const snapshots = root.openDB<Uint8Array, string>("snapshots", { encoding: "binary" });
  const wakes = root.openDB<Uint8Array, string>("wakes", { encoding: "binary" });
  const due = root.openDB<Uint8Array, DueKey>("due", { encoding: "binary" });
  const meta = root.openDB<unknown, string>("meta", { encoding: "json" });
  return {
    path,
    entities,
    records,
    snapshots,
    wakes,
    due,
    meta,
    transact<T>(work: () => T): T {
      try {
        return root.transactionSync(work, COMMIT_ONLY as TransactionFlags);
      } catch (error) {
        throw lmdbFault(error, join(path, DATA_FILE));
      }
    },
    look<T>(work: () => T): T {
      try {
        return work();
      } catch (error) {
        throw lmdbFault(error, join(path, DATA_FILE));
      }
    },
    flush: () => flush(root as unknown as Syncing, path),
    copyTo: (directory) => root.backup(directory, true),
    usedBytes: () => pagesOf(root, [entities, records, snapshots, wakes, due, meta]),
    async close() {
      await root.close();
      release();
    },
  };
}

function flush(root: Syncing, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    root.sync((error) => {
      if (error === undefined) resolve();
      else reject(lmdbFault(error, join(path, DATA_FILE)));
    });
  });
}

interface PageCounts {
  readonly pageSize: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

function pagesOf(root: RootDatabase, databases: readonly Database[]): number {
  const { root: names, free } = root.getStats() as { readonly root: PageCounts; readonly free: PageCounts };
  const counts = [names, free, ...databases.map((database) => database.getStats() as PageCounts)];
  return counts.reduce(
    (sum, { pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages }) =>
      sum + pageSize * (treeBranchPageCount + treeLeafPageCount + overflowPages),
    0,
  );
}

/** Somebody else's LMDB file stays as it is. */
function checkNames(path: string, root: RootDatabase): void {
  const isOurs = [...root.getKeys()].every((name) => NAMES.has(name));
  if (!isOurs) throw unusable(path, `${DATA_FILE} is no journal of banyan`);
}

function checkFormat(store: LmdbStore, isReadOnly: boolean): void {
  const { path, meta } = store;
  const format = meta.get(FORMAT_KEY);
  if (format === JOURNAL_FORMAT) return;
  // New, or its process was killed before it had written the format.
  if (format === undefined && !isReadOnly && store.entities.getKeysCount() === 0) {
    store.transact(() => meta.putSync(FORMAT_KEY, JOURNAL_FORMAT));
    return;
  }
  throw unusable(
    path,
    `it has format ${String(format)}, and this banyan knows ${JOURNAL_FORMAT}: start the banyan that wrote it`,
  );
}
