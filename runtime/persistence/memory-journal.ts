import { Fault } from "../fault.ts";
import { entityKey } from "./entity-address.ts";
import type { EntityAddress } from "./entity-address.ts";
import { PAGE_BYTES, checkAppend, checkSnapshot } from "./journal-limits.ts";
import type {
  Append,
  Appended,
  Durability,
  EntityPage,
  Fenced,
  Journal,
  JournalEntry,
  JournalRecord,
  Loaded,
  Owner,
  RecordPage,
  Removal,
  Snapshot,
  SnapshotWrite,
  Stored,
} from "./journal.ts";
import { mayWrite } from "./owner-order.ts";

interface Kept {
  readonly entity: EntityAddress;
  owner: Owner;
  version: number;
  snapshot: Snapshot | undefined;
  records: JournalRecord[];
}

/** A journal that ends with its process: for entities whose durability is `memory`, and for tests. */
export class MemoryJournal implements Journal {
  readonly strongest: Durability;
  readonly #entities = new Map<string, Kept>();
  #isClosed = false;

  /** `strongest`: what a test wants it to pass for. */
  constructor({ strongest = "memory" }: { readonly strongest?: Durability } = {}) {
    this.strongest = strongest;
  }

  async append(append: Append): Promise<Appended> {
    this.#checkOpen();
    checkAppend(append, this.strongest);
    const key = entityKey(append.entity);
    const kept = this.#entities.get(key);
    const version = kept?.version ?? 0;
    const refusal =
      fence(append.owner, kept) ?? (version === append.expectedVersion ? undefined : conflict(version));
    if (refusal !== undefined) return refusal;
    const record = { version: version + 1, atMs: append.atMs, bytes: append.bytes.slice() };
    const { entity, owner } = append;
    const records = kept?.records ?? [];
    records.push(record);
    this.#entities.set(key, {
      entity,
      owner,
      version: record.version,
      snapshot: kept?.snapshot,
      records,
    });
    return { kind: "appended", version: record.version };
  }

  async load(entity: EntityAddress): Promise<Loaded> {
    const kept = this.#find(entity);
    const after = kept?.snapshot?.version ?? 0;
    const records = kept?.records.filter(({ version }) => version > after) ?? [];
    return {
      version: kept?.version ?? 0,
      ...(kept?.snapshot === undefined ? {} : { snapshot: kept.snapshot }),
      pages: onePage(records),
    };
  }

  async read(entity: EntityAddress, { fromVersion, limit }: RecordPage): Promise<readonly JournalRecord[]> {
    const records = this.#find(entity)?.records ?? [];
    return fitting(records.filter(({ version }) => version >= fromVersion).slice(0, limit));
  }

  async snapshot(write: SnapshotWrite): Promise<Stored> {
    this.#checkOpen();
    checkSnapshot(write);
    const kept = this.#entities.get(entityKey(write.entity));
    const fenced = fence(write.owner, kept);
    if (fenced !== undefined) return fenced;
    if (kept === undefined || write.version > kept.version) return conflict(kept?.version ?? 0);
    kept.owner = write.owner;
    if (write.version < (kept.snapshot?.version ?? 0)) return { kind: "stored" };
    kept.snapshot = { version: write.version, bytes: write.bytes.slice() };
    kept.records = kept.records.filter(({ version }) => version >= write.keepFrom);
    return { kind: "stored" };
  }

  async remove({ entity, owner }: Removal): Promise<Stored> {
    this.#checkOpen();
    const key = entityKey(entity);
    const fenced = fence(owner, this.#entities.get(key));
    if (fenced !== undefined) return fenced;
    this.#entities.delete(key);
    return { kind: "stored" };
  }

  async list(type: string | undefined, { after, limit }: EntityPage): Promise<readonly JournalEntry[]> {
    this.#checkOpen();
    const afterKey = after === undefined ? "" : entityKey(after);
    return [...this.#entities]
      .filter(([key]) => key > afterKey && (type === undefined || key.startsWith(`${type}/`)))
      .toSorted(([a], [b]) => inByteOrder(a, b))
      .slice(0, limit)
      .map(([, kept]) => entryOf(kept));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #find(entity: EntityAddress): Kept | undefined {
    this.#checkOpen();
    return this.#entities.get(entityKey(entity));
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new Fault("journalClosed");
  }
}

function fence(writer: Owner, kept: Kept | undefined): Fenced | undefined {
  return mayWrite(writer, kept?.owner) ? undefined : { kind: "fenced", by: kept?.owner };
}

function conflict(version: number): { readonly kind: "conflict"; readonly version: number } {
  return { kind: "conflict", version };
}

async function* onePage(records: readonly JournalRecord[]): AsyncGenerator<readonly JournalRecord[]> {
  if (records.length > 0) yield records;
}

/** Keys are ASCII: the order of their characters is that of their bytes. */
function inByteOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function entryOf({ entity, version, snapshot }: Kept): JournalEntry {
  return snapshot === undefined
    ? { entity, version }
    : { entity, version, snapshotVersion: snapshot.version };
}

/** As many as a page takes; one at least. */
function fitting(records: readonly JournalRecord[]): readonly JournalRecord[] {
  let bytes = 0;
  const full = records.findIndex((record) => (bytes += record.bytes.length) >= PAGE_BYTES);
  return full === -1 ? records : records.slice(0, full + 1);
}
