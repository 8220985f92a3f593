import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { Fault } from "../fault.ts";
import type { EntityAddress } from "./entity-address.ts";
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
import { openLmdbJournal } from "./lmdb-journal.ts";
import type { LmdbJournal, LmdbJournalOptions } from "./lmdb-journal.ts";
import type { LmdbStore } from "./lmdb-store.ts";
import type { NodeStore, OpenOptions } from "./node-store.ts";
import type { StoreCopy } from "./store-copies.ts";
import { unfitFilesystem } from "./unfit-filesystem.ts";

/**
 * The journal of one machine as a node has it: closed while another process serves, and open while this one does. Before it is opened for the first time, whoever reads
 * waits, so that an entity which is woken early is only late; after it was closed, everything is refused.
 */
export class EmbeddedJournal implements Journal, NodeStore {
  readonly strongest: Durability = "fsync";
  /** In whose name this process writes: known once the journal is open, and another one at each opening. */
  readonly owner: Owner;
  readonly #options: LmdbJournalOptions;
  #journal: LmdbJournal | undefined = undefined;
  #opening: Promise<void> | undefined = undefined;
  #isAwaited = true;
  #onOpen: (() => void)[] = [];

  constructor(options: LmdbJournalOptions) {
    this.#options = options;
    const epoch = (): number => this.#journal?.writer.ownerEpoch ?? 0;
    this.owner = {
      incarnation: options.incarnation,
      get ownerEpoch() {
        return epoch();
      },
    };
  }

  /** Why nothing can be stored at present, in words; undefined when it can. */
  get trouble(): string | undefined {
    return this.#journal?.trouble;
  }

  get whenFree(): Promise<void> | undefined {
    return this.#journal?.whenFree;
  }

  /** @throws Fault journalUnusable, journalCorrupt, journalFull, journalUnavailable */
  open({ isTakeover }: OpenOptions): Promise<void> {
    if (this.#journal !== undefined) return Promise.resolve();
    this.#opening ??= this.#open(isTakeover).finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async append(append: Append): Promise<Appended> {
    return this.#present.append(append);
  }

  async load(entity: EntityAddress): Promise<Loaded> {
    return (await this.#whenOpen()).load(entity);
  }

  async read(entity: EntityAddress, page: RecordPage): Promise<readonly JournalRecord[]> {
    return (await this.#whenOpen()).read(entity, page);
  }

  async snapshot(snapshot: SnapshotWrite): Promise<Stored> {
    return this.#present.snapshot(snapshot);
  }

  async remove(removal: Removal): Promise<Stored> {
    return this.#present.remove(removal);
  }

  async list(type: string | undefined, page: EntityPage): Promise<readonly JournalEntry[]> {
    return (await this.#whenOpen()).list(type, page);
  }

  /** See `LmdbJournal.aside`; waits for the opening. */
  aside<T>(work: (store: LmdbStore) => T, options: { readonly awaitsFlush: boolean }): Promise<T> {
    // At once where it can be: what is appended after it has to come behind it.
    return (
      this.#journal?.aside(work, options) ?? this.#whenOpen().then((journal) => journal.aside(work, options))
    );
  }

  async copy(): Promise<StoreCopy> {
    return (await this.#whenOpen()).copy();
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    const journal = this.#journal;
    this.#journal = undefined;
    this.#endWaiting();
    await journal?.close();
  }

  async #open(isTakeover: boolean): Promise<void> {
    const { path } = this.#options;
    checkFilesystem(path);
    // A copy of the whole file is not for a moment in which clients wait.
    const haste = isTakeover ? { compactAboveBytes: Number.POSITIVE_INFINITY } : {};
    this.#journal = await openLmdbJournal({ ...this.#options, ...haste });
    this.#endWaiting();
  }

  async #whenOpen(): Promise<LmdbJournal> {
    if (this.#isAwaited) await new Promise<void>((resolve) => this.#onOpen.push(resolve));
    return this.#present;
  }

  #endWaiting(): void {
    this.#isAwaited = false;
    for (const resolve of this.#onOpen.splice(0)) resolve();
  }

  get #present(): LmdbJournal {
    if (this.#journal === undefined) throw new Fault("journalClosed", { path: this.#options.path });
    return this.#journal;
  }
}

/** @throws Fault journalUnusable */
function checkFilesystem(path: string): void {
  const name = unfitFilesystem(typeBelow(path));
  if (name === undefined) return;
  const why = `it lies on ${name}, a file system of another machine, where the journal would be damaged`;
  throw new Fault("journalUnusable", { path, why });
}

/** The directory itself may not be there yet. */
function typeBelow(path: string): number {
  try {
    return statfsSync(path).type;
  } catch {
    return path === dirname(path) ? 0 : typeBelow(dirname(path));
  }
}
