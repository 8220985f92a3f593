import { Fault, isFault } from "../fault.ts";
import { HeadCache } from "./head-cache.ts";
import type { Head } from "./head-cache.ts";
import type { Appended, Fenced, Owner, Stored } from "./journal.ts";
import { headOf } from "./lmdb-reader.ts";
import type { LmdbStore } from "./lmdb-store.ts";
import { mayWrite } from "./owner-order.ts";

const WRITER_KEY = "writer";
/** Entries of an entity that are looked up at once to be removed. */
const REMOVE_STEP = 1_000;

/** What waits for a transaction; values are sealed already. */
export type WriteOperation =
  | AppendOperation
  | SnapshotOperation
  | RestoreOperation
  | AsideOperation
  | { readonly kind: "remove"; readonly key: string; readonly owner: Owner };

interface AppendOperation {
  readonly kind: "append";
  readonly key: string;
  readonly owner: Owner;
  readonly expectedVersion: number;
  readonly sealed: Uint8Array;
}

interface SnapshotOperation {
  readonly kind: "snapshot";
  readonly key: string;
  readonly owner: Owner;
  readonly version: number;
  readonly keepFrom: number;
  readonly sealed: Uint8Array;
}

/** The beginning of an entity that comes from elsewhere. */
interface RestoreOperation {
  readonly kind: "restore";
  readonly key: string;
  readonly owner: Owner;
  readonly version: number;
  readonly sealed: Uint8Array;
}

/** Something that is kept beside the records: `work` writes it into the same store. */
interface AsideOperation {
  readonly kind: "aside";
  readonly work: () => void;
}

/** What a transaction made of an operation; a Fault is the answer to its asker alone. */
export type WriteAnswer = Appended | Stored | Fault;

/** Makes this process the only one that may write the store: the one before finds itself fenced. */
export function claimStore(store: LmdbStore, { incarnation, wallMs }: Claim): Owner {
  return store.transact(() => {
    const before = store.meta.get(WRITER_KEY) as Owner | undefined;
    // Grows even when the clock was set back.
    const ownerEpoch = Math.max((before?.ownerEpoch ?? 0) + 1, Math.floor(wallMs * 1_000));
    const writer = { ownerEpoch, incarnation };
    store.meta.putSync(WRITER_KEY, writer);
    return writer;
  });
}

/** Who claims, and when. */
export interface Claim {
  readonly incarnation: string;
  readonly wallMs: number;
}

/** Decides each operation inside the transaction that writes it: who may write, and what comes next. */
export class LmdbWriter {
  readonly #store: LmdbStore;
  readonly #writer: Owner;
  readonly #usedBytesMax: number;
  readonly #heads = new HeadCache();

  constructor(store: LmdbStore, writer: Owner, usedBytesMax: number) {
    this.#store = store;
    this.#writer = writer;
    this.#usedBytesMax = usedBytesMax;
  }

  /** All of the batch in one transaction. @throws Fault when nothing was written */
  commit(batch: readonly WriteOperation[]): readonly WriteAnswer[] {
    const full = this.#full();
    try {
      return this.#store.transact(() => {
        const fenced = this.#fencedByOther();
        return batch.map((operation) => fenced ?? this.#decide(operation, full));
      });
    } catch (error) {
      this.#heads.clear();
      throw error;
    }
  }

  /** Snapshots and removals go on: they are what makes room. */
  #full(): Fault | undefined {
    const usedBytes = this.#store.look(() => this.#store.usedBytes());
    if (usedBytes < this.#usedBytesMax) return undefined;
    return new Fault("journalFull", { path: this.#store.path, usedBytes, limit: this.#usedBytesMax });
  }

  #fencedByOther(): Fenced | undefined {
    const by = this.#store.meta.get(WRITER_KEY) as Owner;
    const { ownerEpoch, incarnation } = this.#writer;
    const isOurs = by.ownerEpoch === ownerEpoch && by.incarnation === incarnation;
    return isOurs ? undefined : { kind: "fenced", by };
  }

  #decide(operation: WriteOperation, full: Fault | undefined): WriteAnswer {
    if (operation.kind === "aside") {
      operation.work();
      return { kind: "stored" };
    }
    const head = this.#head(operation.key);
    // An entity that is damaged refuses its own writes, and not those of others in the batch.
    if (head instanceof Fault) return head;
    if (!mayWrite(operation.owner, head.owner)) return { kind: "fenced", by: head.owner };
    switch (operation.kind) {
      case "append":
        return this.#append(operation, head, full);
      case "snapshot":
        return this.#snapshot(operation, head);
      case "restore":
        return full ?? this.#restore(operation, head);
      case "remove":
        return this.#remove(operation.key);
    }
  }

  #head(key: string): Head | Fault {
    try {
      return this.#heads.get(key) ?? headOf(this.#store, key);
    } catch (error) {
      if (isFault(error, "journalCorrupt")) return error;
      throw error;
    }
  }

  #append(operation: AppendOperation, head: Head, full: Fault | undefined): WriteAnswer {
    const { key, owner, expectedVersion, sealed } = operation;
    if (head.version !== expectedVersion) return { kind: "conflict", version: head.version };
    if (full !== undefined) return full;
    const version = expectedVersion + 1;
    if (version === 1) this.#store.entities.putSync(key, new Uint8Array(1));
    this.#store.records.putSync([key, version], sealed);
    this.#heads.set(key, { ...head, version, owner });
    return { kind: "appended", version };
  }

  #snapshot({ key, owner, version, keepFrom, sealed }: SnapshotOperation, head: Head): WriteAnswer {
    if (version > head.version) return { kind: "conflict", version: head.version };
    if (version < head.snapshotVersion) return { kind: "stored" };
    this.#store.snapshots.putSync(key, sealed);
    this.#removeRecords(key, keepFrom);
    this.#heads.set(key, { ...head, owner, snapshotVersion: version });
    return { kind: "stored" };
  }

  #restore({ key, owner, version, sealed }: RestoreOperation, head: Head): WriteAnswer {
    if (head.version !== 0) return { kind: "conflict", version: head.version };
    this.#store.entities.putSync(key, new Uint8Array(1));
    this.#store.snapshots.putSync(key, sealed);
    this.#heads.set(key, { version, owner, snapshotVersion: version });
    return { kind: "stored" };
  }

  #remove(key: string): WriteAnswer {
    this.#removeRecords(key, Number.MAX_SAFE_INTEGER);
    this.#store.snapshots.removeSync(key);
    this.#store.entities.removeSync(key);
    this.#heads.delete(key);
    return { kind: "stored" };
  }

  #removeRecords(key: string, before: number): void {
    const { records } = this.#store;
    for (;;) {
      const keys = [...records.getKeys({ start: [key, 0], end: [key, before], limit: REMOVE_STEP })];
      for (const record of keys) records.removeSync(record);
      if (keys.length < REMOVE_STEP) return;
    }
  }
}
