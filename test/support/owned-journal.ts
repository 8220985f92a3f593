import type {
  Append,
  Appended,
  Journal,
  Owner,
  SnapshotWrite,
  Stored,
} from "../../runtime/persistence/journal.ts";
import { entityKey } from "../../runtime/persistence/entity-address.ts";
import type { EntityAddress } from "../../runtime/persistence/entity-address.ts";
import { asError } from "../../runtime/kernel/as-error.ts";
import { MemoryJournal } from "../../runtime/persistence/memory-journal.ts";
import type { Ownership } from "../../runtime/sharding/ownership.ts";

/** One append as it was stored: by whom, as which version. */
export interface StoredAppend {
  readonly owner: Owner;
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** A journal in memory that several nodes share: it stores only what comes from the present owner, as the one on Redis does. */
export class OwnedJournal {
  readonly stored = new MemoryJournal({ strongest: "replicated" });
  /** Everything that was ever stored, by the key of its entity. */
  readonly history = new Map<string, StoredAppend[]>();
  readonly #ownership: Ownership;
  /** Whether writes are compared with the owner: switched off, zombies may write. */
  isFencing = true;
  /** Planted: one in so many appends is said to be stored, and is not; 0 for none. */
  losesOneIn = 0;
  #appends = 0;
  /** Appends of owners that were owners no more. */
  fenced = 0;

  constructor(ownership: Ownership) {
    this.#ownership = ownership;
  }

  async append(append: Append): Promise<Appended> {
    const by = await this.#ownership.lookup(append.entity);
    if (this.isFencing && !isSame(append.owner, by)) {
      this.fenced++;
      return { kind: "fenced", by };
    }
    if (this.losesOneIn > 0 && ++this.#appends % this.losesOneIn === 0) {
      return { kind: "appended", version: append.expectedVersion + 1 };
    }
    const appended = await this.stored.append(append);
    if (appended.kind === "appended") this.#note(append, appended.version);
    return appended;
  }

  /** Of an owner that is owner no more nothing is stored either. */
  async snapshot(write: SnapshotWrite): Promise<Stored> {
    const by = await this.#ownership.lookup(write.entity);
    if (!isSame(write.owner, by)) return { kind: "fenced", by };
    return this.stored.snapshot(write);
  }

  /** The journal as one process reaches it: its answers come through `run`. */
  for(run: (task: () => void) => void): Journal {
    const answered = <T>(answer: Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        answer.then(
          (value) => run(() => resolve(value)),
          (error: unknown) => run(() => reject(asError(error))),
        );
      });
    const { stored } = this;
    return {
      strongest: stored.strongest,
      append: (append) => answered(this.append(append)),
      snapshot: (write) => answered(this.snapshot(write)),
      load: (entity) => answered(stored.load(entity)),
      read: (entity, page) => answered(stored.read(entity, page)),
      remove: (removal) => answered(stored.remove(removal)),
      list: (type, page) => answered(stored.list(type, page)),
      close: () => Promise.resolve(),
    };
  }

  /** Everything that was stored of an entity, oldest first. */
  of(entity: EntityAddress): readonly StoredAppend[] {
    return this.history.get(entityKey(entity)) ?? [];
  }

  #note({ entity, owner, bytes }: Append, version: number): void {
    const key = entityKey(entity);
    const appends = this.history.get(key) ?? [];
    appends.push({ owner, version, bytes });
    this.history.set(key, appends);
  }
}

function isSame(owner: Owner, by: Owner | undefined): boolean {
  return owner.ownerEpoch === by?.ownerEpoch && owner.incarnation === by.incarnation;
}
