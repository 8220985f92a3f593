import type { Database, Transaction } from "lmdb";
import type { LmdbStore, RecordKey } from "./lmdb-store.ts";

/** A database that is only read. */
export type ReadDatabase<Key extends string | RecordKey> = Pick<
  Database<Uint8Array, Key>,
  "get" | "getRange" | "getKeys"
>;

/** What reading entities takes of a store. */
export interface StoreReads extends Pick<LmdbStore, "path" | "look"> {
  readonly entities: ReadDatabase<string>;
  readonly records: ReadDatabase<RecordKey>;
  readonly snapshots: ReadDatabase<string>;
  readonly wakes: ReadDatabase<string>;
}

/** A store as it is at one moment, while others go on writing. The file keeps what it was like until `done`. */
export interface StillStore extends StoreReads {
  done(): void;
}

/** Holds a store still for a reader that takes longer than a turn. */
export function holdStill(store: LmdbStore): StillStore {
  const transaction = store.entities.useReadTransaction();
  return {
    path: store.path,
    look: (work) => store.look(work),
    entities: still(store.entities, transaction),
    records: still(store.records, transaction),
    snapshots: still(store.snapshots, transaction),
    wakes: still(store.wakes, transaction),
    done: () => transaction.done(),
  };
}

function still<Key extends string | RecordKey>(
  database: Database<Uint8Array, Key>,
  transaction: Transaction,
): ReadDatabase<Key> {
  return {
    get: (key) => database.get(key, { transaction }),
    getRange: (options) => database.getRange({ ...options, transaction }),
    getKeys: (options) => database.getKeys({ ...options, transaction }),
  };
}
