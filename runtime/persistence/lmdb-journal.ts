import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault, isFault } from "../fault.ts";
import type { Clock } from "../time/clock.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { Operation } from "./commit-queue.ts";
import { compactStore } from "./compact-store.ts";
import { DATA_FILE, examineDataFile, restoreLength } from "./data-file.ts";
import { entityKey } from "./entity-address.ts";
import { noteFailedFlush, rewriteAfterFailedFlush } from "./failed-flush.ts";
import type { EntityAddress } from "./entity-address.ts";
import { checkAppend, checkSnapshot } from "./journal-limits.ts";
import type {
  Append,
  Appended,
  Durability,
  EntityPage,
  Journal,
  JournalEntry,
  JournalRecord,
  Loaded,
  Owner,
  RecordPage,
  Removal,
  SnapshotWrite,
  Stored,
} from "./journal.ts";
import { headOf, listEntities, readRecords, readSnapshot, recordPages } from "./lmdb-reader.ts";
import { openStore } from "./lmdb-store.ts";
import type { LmdbStore } from "./lmdb-store.ts";
import { LmdbWriter, claimStore } from "./lmdb-writer.ts";
import type { WriteAnswer, WriteOperation } from "./lmdb-writer.ts";
import { SEAL_BYTES_MAX, seal } from "./sealed.ts";
import { StoreCopies } from "./store-copies.ts";
import type { StoreCopy } from "./store-copies.ts";
import { takeStoreWaiting } from "./store-lock.ts";
import { verifyStore } from "./verify-store.ts";

/** What an embedded journal needs to know. */
export interface LmdbJournalOptions {
  /** A directory of its own. */
  readonly path: string;
  readonly clock: Clock;
  /** The life of this process. */
  readonly incarnation: string;
  /** Appends are refused when so much is used; a snapshot or a removal makes room. */
  readonly usedBytesMax?: number;
  /** A file larger than this is made smaller at opening when most of it is unused. */
  readonly compactAboveBytes?: number;
  /** A flush has failed. What is stored is unknown until the journal is opened again, which is for another process: this one should end. */
  readonly onBroken?: (fault: Fault) => void;
  /** Appends cannot be stored, and why; called once for each time, and with undefined when they can again. */
  readonly onTrouble?: (why: Fault | undefined) => void;
}

/** 64 GiB. */
const USED_BYTES_MAX = 68_719_476_736;

interface QueuedWrite extends Operation {
  readonly write: WriteOperation;
}

interface QueuedEntityWrite extends Operation {
  readonly write: Exclude<WriteOperation, { readonly kind: "aside" }>;
}

/**
 * The journal of one machine: an LMDB environment in a directory, one writer, group commit. Opening it makes this process
 * the writer; a process that still has it open gets 10 s to give it back.
 * @throws Fault journalUnusable, journalCorrupt, journalFull
 */
export async function openLmdbJournal(options: LmdbJournalOptions): Promise<LmdbJournal> {
  const release = await takeStoreWaiting(options.path, options.clock);
  try {
    rewriteAfterFailedFlush(options.path);
    await checkCutOff(options.path);
    const { store, writer } = await openClaimed(options);
    return new LmdbJournal({ ...store, close: () => store.close().finally(release) }, writer, options);
  } catch (error) {
    release();
    throw error;
  }
}

async function openClaimed(options: LmdbJournalOptions): Promise<{ store: LmdbStore; writer: Owner }> {
  const { path, clock, incarnation, compactAboveBytes } = options;
  const store = await openStore(path);
  try {
    const writer = claimStore(store, { incarnation, wallMs: clock.wallMs() });
    await store.flush();
    return { store: await compactStore(store, compactAboveBytes), writer };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What a file lacks at its end may never have been used: all that is in it is looked at before anything is written. */
async function checkCutOff(path: string): Promise<void> {
  const file = join(path, DATA_FILE);
  if (!existsSync(file) || examineDataFile(file) !== "short") return;
  restoreLength(file);
  const store = await openStore(path, { isReadOnly: true });
  try {
    const { problems } = await verifyStore(store);
    const [why] = problems;
    if (why !== undefined) throw new Fault("journalCorrupt", { path, why: `the file was cut off; ${why}` });
  } finally {
    await store.close();
  }
}

/** See `openLmdbJournal`. */
export class LmdbJournal implements Journal {
  readonly strongest: Durability = "fsync";
  /** Who writes: no other owner with a lower epoch may. */
  readonly writer: Owner;
  readonly #store: LmdbStore;
  readonly #queue: CommitQueue<QueuedWrite, WriteAnswer>;
  readonly #copies: StoreCopies;
  readonly #clock: Clock;
  /** The latest write of each entity that waits for its answer. */
  readonly #unanswered = new Map<string, Promise<unknown>>();
  #isClosed = false;
  readonly #onTrouble: (why: Fault | undefined) => void;
  #trouble: Fault | undefined = undefined;

  constructor(store: LmdbStore, writer: Owner, options: LmdbJournalOptions) {
    const { clock, usedBytesMax, onBroken } = options;
    this.#store = store;
    this.writer = writer;
    this.#copies = new StoreCopies(store.path);
    this.#clock = clock;
    this.#onTrouble = options.onTrouble ?? (() => undefined);
    const lmdb = new LmdbWriter(store, writer, usedBytesMax ?? USED_BYTES_MAX);
    const commit = (batch: readonly QueuedWrite[]) =>
      this.#noting(() => lmdb.commit(batch.map(({ write }) => write)));
    const broken = (fault: Fault): void => {
      noteFailedFlush(store.path);
      onBroken?.(fault);
    };
    this.#queue = new CommitQueue({ commit, flush: () => store.flush(), onBroken: broken }, clock);
  }

  get whenFree(): Promise<void> | undefined {
    return this.#queue.whenFree;
  }

  /** Why the latest append could not be stored, in words; undefined when it could. */
  get trouble(): string | undefined {
    return this.#trouble?.message;
  }

  async append(append: Append): Promise<Appended> {
    checkAppend(append, this.strongest);
    const { owner, expectedVersion, atMs, bytes } = append;
    const key = entityKey(append.entity);
    const sealed = seal({ kind: "record", key }, { version: expectedVersion + 1, atMs, owner, bytes });
    const write = { kind: "append", key, owner, expectedVersion, sealed } as const;
    const awaitsFlush = append.durability === "fsync" || append.isStrongest === true;
    return (await this.#submit({ write, awaitsFlush, sizeBytes: sealed.length })) as Appended;
  }

  async load(entity: EntityAddress): Promise<Loaded> {
    const key = entityKey(entity);
    await this.#answered(key);
    const { version } = headOf(this.#store, key);
    const snapshot = readSnapshot(this.#store, key);
    const pages = recordPages(this.#store, key, { after: snapshot?.version ?? 0, last: version });
    return snapshot === undefined ? { version, pages } : { version, snapshot, pages };
  }

  async read(entity: EntityAddress, page: RecordPage): Promise<readonly JournalRecord[]> {
    this.#checkOpen();
    return readRecords(this.#store, entityKey(entity), page);
  }

  async snapshot(snapshot: SnapshotWrite): Promise<Stored> {
    checkSnapshot(snapshot);
    const { owner, version, bytes, keepFrom } = snapshot;
    const key = entityKey(snapshot.entity);
    const sealed = seal({ kind: "snapshot", key }, { version, atMs: this.#clock.wallMs(), owner, bytes });
    const write = { kind: "snapshot", key, owner, version, keepFrom, sealed } as const;
    return (await this.#submit({ write, awaitsFlush: true, sizeBytes: sealed.length })) as Stored;
  }

  /** Begins an entity that is unknown here with its snapshot; `conflict` when it is known. */
  async restore(snapshot: Omit<SnapshotWrite, "keepFrom">): Promise<Stored> {
    checkSnapshot({ ...snapshot, keepFrom: 1 });
    const { owner, version, bytes } = snapshot;
    const key = entityKey(snapshot.entity);
    const sealed = seal({ kind: "snapshot", key }, { version, atMs: this.#clock.wallMs(), owner, bytes });
    const write = { kind: "restore", key, owner, version, sealed } as const;
    return (await this.#submit({ write, awaitsFlush: true, sizeBytes: sealed.length })) as Stored;
  }

  async remove({ entity, owner }: Removal): Promise<Stored> {
    const write = { kind: "remove", key: entityKey(entity), owner } as const;
    return (await this.#submit({ write, awaitsFlush: true, sizeBytes: SEAL_BYTES_MAX })) as Stored;
  }

  async list(type: string | undefined, { after, limit }: EntityPage): Promise<readonly JournalEntry[]> {
    this.#checkOpen();
    const afterKey = after === undefined ? "" : entityKey(after);
    return listEntities(this.#store, type, { after: afterKey, limit });
  }

  /**
   * Runs `work` in the transaction of this moment's writes, behind those before it and ahead of those after it: what is appended later is not stored
   * without it. It has to be quick, and must not fail. Resolves once it is committed, or also flushed.
   */
  async aside<T>(
    work: (store: LmdbStore) => T,
    { awaitsFlush }: { readonly awaitsFlush: boolean },
  ): Promise<T> {
    this.#checkOpen();
    let result: T | undefined;
    const write = { kind: "aside", work: () => void (result = work(this.#store)) } as const;
    const answer = await this.#queue.submit({ write, awaitsFlush, sizeBytes: SEAL_BYTES_MAX });
    if (answer instanceof Fault) throw answer;
    if (answer.kind === "fenced") throw new Fault("fenced", { by: answer.by?.incarnation ?? "nobody" });
    return result as T;
  }

  /** Copies what is committed now for another process to look into. @throws Fault journalBusy, journalUnavailable */
  copy(): Promise<StoreCopy> {
    this.#checkOpen();
    return this.#copies.make(this.#store);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([this.#queue.settled(), this.#copies.settled()]);
    await this.#store.close();
  }

  async #submit(queued: QueuedEntityWrite): Promise<Exclude<WriteAnswer, Fault>> {
    this.#checkOpen();
    const { key } = queued.write;
    const answered = this.#queue.submit(queued);
    this.#unanswered.set(key, answered);
    try {
      const answer = await answered;
      if (answer instanceof Fault) throw answer;
      return answer;
    } finally {
      if (this.#unanswered.get(key) === answered) this.#unanswered.delete(key);
    }
  }

  #noting(commit: () => readonly WriteAnswer[]): readonly WriteAnswer[] {
    try {
      const answers = commit();
      for (const answer of answers) {
        if (isFault(answer, "journalFull")) this.#note(answer);
        else if (!(answer instanceof Fault) && answer.kind === "appended") this.#note(undefined);
      }
      return answers;
    } catch (error) {
      if (error instanceof Fault) this.#note(error);
      throw error;
    }
  }

  #note(trouble: Fault | undefined): void {
    const isNews = trouble?.code !== this.#trouble?.code;
    this.#trouble = trouble;
    if (isNews) this.#onTrouble(trouble);
  }

  /** What an entity reads of itself must be as durable as what it has answered. */
  async #answered(key: string): Promise<void> {
    this.#checkOpen();
    await this.#unanswered.get(key)?.catch(() => undefined);
    this.#checkOpen();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new Fault("journalClosed");
  }
}
