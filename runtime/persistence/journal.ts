import type { EntityAddress } from "./entity-address.ts";

/** Who may write an entity: the owner with the higher epoch; of two with the same epoch, the one that wrote first. */
export interface Owner {
  /** The fencing number, below 2^53. */
  readonly ownerEpoch: number;
  /** The life of the process that owns. */
  readonly incarnation: string;
}

/**
 * What an acknowledged append survives. `memory`: nothing that is asked for. `periodic`: the end of the process, while a power cut may
 * take the latest second. `fsync`: a power cut. `replicated`: the loss of the machine.
 */
export type Durability = "memory" | "periodic" | "fsync" | "replicated";

/** One step of an entity: what one append stored. The journal does not look into its bytes. */
export interface JournalRecord {
  /** 1, 2, 3 ... without gaps. */
  readonly version: number;
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

/** The state of an entity as of a version, so that a load need not replay what came before. */
export interface Snapshot {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** What shall be stored as the next version of an entity. */
export interface Append {
  readonly entity: EntityAddress;
  readonly owner: Owner;
  /** The version before this one; 0 for an entity that has none. */
  readonly expectedVersion: number;
  readonly bytes: Uint8Array;
  readonly atMs: number;
  /** The least that it has to survive. */
  readonly durability: Durability;
  /** Whether it is to survive all that the journal can make it survive at present, so the loss of the machine where there is a replica. */
  readonly isStrongest?: boolean;
}

/** Another version was stored than the writer believes: `version` is the stored one. */
export interface Conflict {
  readonly kind: "conflict";
  readonly version: number;
}

/** The writer is not the owner, or not any more. */
export interface Fenced {
  readonly kind: "fenced";
  readonly by: Owner | undefined;
}

/** What became of an append; nothing but `appended` has stored anything. */
export type Appended = { readonly kind: "appended"; readonly version: number } | Conflict | Fenced;

/** A snapshot to store, and which records may go. */
export interface SnapshotWrite extends Snapshot {
  readonly entity: EntityAddress;
  readonly owner: Owner;
  /** Records before this version are removed; at most the version after the snapshot. 1 keeps them all. */
  readonly keepFrom: number;
}

/** What became of a snapshot or a removal. */
export type Stored = { readonly kind: "stored" } | Conflict | Fenced;

/** What shall be forgotten. */
export interface Removal {
  readonly entity: EntityAddress;
  readonly owner: Owner;
}

/** What a journal holds of an entity. */
export interface Loaded {
  /** The latest version, that of the snapshot or of the last record; 0 when the entity is unknown. */
  readonly version: number;
  readonly snapshot?: Snapshot;
  /** The records after the snapshot in order of version, some at a time. To be read once, by the owner, before it appends. */
  readonly pages: AsyncIterable<readonly JournalRecord[]>;
}

/** All that is stored of an entity, as it came with the claim of its owner. */
export interface LoadedAhead extends Pick<Loaded, "version" | "snapshot"> {
  readonly owner: Owner;
  /** All records after the snapshot. */
  readonly records: readonly JournalRecord[];
}

/** Which records of an entity to read. */
export interface RecordPage {
  readonly fromVersion: number;
  readonly limit: number;
}

/** Which entities to list: those after one, as many as fit. */
export interface EntityPage {
  readonly after?: EntityAddress;
  readonly limit: number;
}

/** An entity as a list names it. */
export interface JournalEntry {
  readonly entity: EntityAddress;
  readonly version: number;
  /** Absent without a snapshot. */
  readonly snapshotVersion?: number;
}

/**
 * Where entities are stored: one list of records for each, appended to by its owner alone, and the latest snapshot.
 * Every method may reject with a Fault: `journalUnavailable` (try again), `journalFull` (no room), `journalBusy` (too much waits),
 * `journalCorrupt` (what is stored is damaged), `recordTooLarge`, `durabilityMissing`, `addressInvalid`, `journalClosed`.
 */
export interface Journal {
  /** The most that it can promise; an append that asks for more is rejected. */
  readonly strongest: Durability;
  /** Set while so much waits that nobody should decide anything new; resolves when that is over. */
  readonly whenFree?: Promise<void> | undefined;
  /**
   * Resolves when the record is as durable as asked. Appends of one entity may be sent without waiting: they are decided
   * in the order of the calls, and when one is refused all after it are, because their expected version no longer fits.
   * After a rejection it is unknown whether the record is stored, unless the fault is `journalBusy`, `durabilityMissing` or
   * `addressInvalid`; the caller discards its state and loads again.
   */
  append(append: Append): Promise<Appended>;
  /** The latest snapshot of an entity, and all records after it. */
  load(entity: EntityAddress): Promise<Loaded>;
  /**
   * The same without a question, once, where it has come with the claim that was answered in this turn of the program. It is what a load would find: from that claim on only
   * its owner can write, and what others still have on their way is fenced. Absent where claims bring nothing.
   */
  loadedAhead?(entity: EntityAddress): LoadedAhead | undefined;
  /**
   * Nothing is stored of this entity, and it is about to begin: resolves when that is because it is new. Absent where nothing can be lost unseen.
   * @throws Fault `stateLost` when the store has lost what it held, and nobody can tell
   */
  confirmUnknown?(entity: EntityAddress): Promise<void>;
  /** Records from a version on, for paging through a history; a trimmed history begins where it begins. Fewer than asked for when they are large (4 MiB), one at least. */
  read(entity: EntityAddress, page: RecordPage): Promise<readonly JournalRecord[]>;
  /**
   * Stores a snapshot of a version that is stored, then removes the records before `keepFrom`, both or neither. One that is older than the
   * stored one changes nothing. `conflict` when the entity has not come to that version.
   */
  snapshot(snapshot: SnapshotWrite): Promise<Stored>;
  /** Forgets an entity. Its next append has version 1. */
  remove(removal: Removal): Promise<Stored>;
  /** Known entities of a type, or of all types, in the order of their keys (see `entityKey`). */
  list(type: string | undefined, page: EntityPage): Promise<readonly JournalEntry[]>;
  /** Takes nothing more, and resolves after the last commit. */
  close(): Promise<void>;
}
