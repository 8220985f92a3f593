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
} from "../../../runtime/persistence/journal.ts";
import type { EntityAddress } from "../../../runtime/persistence/entity-address.ts";

const LENGTH_AT = 8;
const INCARNATION_AT = 10;

/** A record with whoever wrote it, whatever the fence thought of him. */
export interface SignedRecord {
  readonly by: Owner;
  readonly bytes: Uint8Array;
}

/** A journal in which each record says who wrote it: so a history shows who came when, also who should not have. */
export class SignedJournal implements Journal {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get strongest(): Durability {
    return this.#journal.strongest;
  }

  get whenFree(): Promise<void> | undefined {
    return this.#journal.whenFree;
  }

  append(append: Append): Promise<Appended> {
    return this.#journal.append({ ...append, bytes: sign(append.owner, append.bytes) });
  }

  async load(entity: EntityAddress): Promise<Loaded> {
    const loaded = await this.#journal.load(entity);
    return { ...loaded, pages: unsignedPages(loaded.pages) };
  }

  async confirmUnknown(entity: EntityAddress): Promise<void> {
    await this.#journal.confirmUnknown?.(entity);
  }

  async read(entity: EntityAddress, page: RecordPage): Promise<readonly JournalRecord[]> {
    return (await this.#journal.read(entity, page)).map(unsigned);
  }

  snapshot(snapshot: SnapshotWrite): Promise<Stored> {
    return this.#journal.snapshot(snapshot);
  }

  remove(removal: Removal): Promise<Stored> {
    return this.#journal.remove(removal);
  }

  list(type: string | undefined, page: EntityPage): Promise<readonly JournalEntry[]> {
    return this.#journal.list(type, page);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}

/** A record with its signature. Pure. */
export function sign({ ownerEpoch, incarnation }: Owner, record: Uint8Array): Uint8Array {
  const name = Buffer.from(incarnation);
  const head = Buffer.alloc(INCARNATION_AT);
  head.writeDoubleBE(ownerEpoch);
  head.writeUInt16BE(name.length, LENGTH_AT);
  return Buffer.concat([head, name, record]);
}

/** What `sign` has made one of. Pure. */
export function readSigned(signed: Uint8Array): SignedRecord {
  const bytes = Buffer.from(signed.buffer, signed.byteOffset, signed.length);
  const end = INCARNATION_AT + bytes.readUInt16BE(LENGTH_AT);
  const by = { ownerEpoch: bytes.readDoubleBE(), incarnation: bytes.toString("utf8", INCARNATION_AT, end) };
  return { by, bytes: bytes.subarray(end) };
}

function unsigned(record: JournalRecord): JournalRecord {
  return { ...record, bytes: readSigned(record.bytes).bytes };
}

async function* unsignedPages(
  pages: AsyncIterable<readonly JournalRecord[]>,
): AsyncIterable<readonly JournalRecord[]> {
  for await (const page of pages) yield page.map(unsigned);
}
