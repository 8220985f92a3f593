import { setImmediate as nextTurn } from "node:timers/promises";
import { Fault } from "../fault.ts";
import { parseEntityKey } from "./entity-address.ts";
import type { Head } from "./head-cache.ts";
import { PAGE_BYTES } from "./journal-limits.ts";
import type { EntityPage, JournalEntry, JournalRecord, Owner, RecordPage, Snapshot } from "./journal.ts";
import type { StoreReads } from "./still-store.ts";
import { unseal } from "./sealed.ts";
import type { Sealed } from "./sealed.ts";

/** Records read in one go, at most; then the event loop has its turn. */
const PAGE_RECORDS = 256;
/** After the last character that a key may hold. */
const AFTER_KEYS = "\u{7f}";

/** Where an entity stands by what is stored. @throws Fault journalCorrupt */
export function headOf(store: StoreReads, key: string): Head {
  return store.look(() => {
    const snapshot = sealedSnapshot(store, key);
    const last = lastRecord(store, key) ?? snapshot;
    const owner = lastOwner(last, snapshot);
    return { version: last?.version ?? 0, owner, snapshotVersion: snapshot?.version ?? 0 };
  });
}

/** A snapshot may have been written by a later owner than the last record. */
function lastOwner(last: Sealed | undefined, snapshot: Sealed | undefined): Owner | undefined {
  if (last === undefined || snapshot === undefined) return last?.owner;
  return snapshot.owner.ownerEpoch > last.owner.ownerEpoch ? snapshot.owner : last.owner;
}

/** The snapshot of an entity; undefined when there is none. @throws Fault journalCorrupt */
export function readSnapshot(store: StoreReads, key: string): Snapshot | undefined {
  const snapshot = store.look(() => sealedSnapshot(store, key));
  return snapshot === undefined ? undefined : { version: snapshot.version, bytes: snapshot.bytes };
}

/** Records of an entity in order, checked one by one. @throws Fault journalCorrupt when one is damaged or missing */
export function readRecords(store: StoreReads, key: string, page: RecordPage): JournalRecord[] {
  return store.look(() => recordsOf(store, key, page));
}

function recordsOf(store: StoreReads, key: string, { fromVersion, limit }: RecordPage): JournalRecord[] {
  const found: JournalRecord[] = [];
  let room = PAGE_BYTES;
  const range = { start: [key, fromVersion], end: [key, Number.MAX_SAFE_INTEGER], limit };
  for (const entry of store.records.getRange(range)) {
    const { version, atMs, bytes } = unsealed(store, "record", { key, version: entry.key[1] }, entry.value);
    const before = found.at(-1)?.version;
    if (before !== undefined && version !== before + 1) throw missing(store, key, before + 1);
    found.push({ version, atMs, bytes });
    room -= bytes.length;
    if (room <= 0) break;
  }
  return found;
}

/** All records of an entity after a version, a page at a time; up to its latest. @throws Fault journalCorrupt */
export async function* recordPages(
  store: StoreReads,
  key: string,
  { after, last }: { readonly after: number; readonly last: number },
): AsyncGenerator<readonly JournalRecord[]> {
  for (let next = after + 1; next <= last;) {
    const page = readRecords(store, key, { fromVersion: next, limit: PAGE_RECORDS });
    if (page[0]?.version !== next) throw missing(store, key, next);
    next += page.length;
    yield page;
    await nextTurn();
  }
}

/** Entities in the order of their keys. @throws Fault journalCorrupt */
export function listEntities(
  store: StoreReads,
  type: string | undefined,
  { after, limit }: { readonly after: string } & Pick<EntityPage, "limit">,
): JournalEntry[] {
  const first = type === undefined ? "" : `${type}/`;
  const start = after > first ? after : first;
  const keys = store.entities.getKeys({
    ...(start === "" ? {} : { start, exclusiveStart: true }),
    end: first + AFTER_KEYS,
    limit,
  });
  return store.look(() => [...keys].map((key) => entryOf(store, key)));
}

function entryOf(store: StoreReads, key: string): JournalEntry {
  const entity = parseEntityKey(key);
  if (entity === undefined) throw corrupt(store, { key, version: 0 }, "its key is no address");
  const { version, snapshotVersion } = headOf(store, key);
  return snapshotVersion === 0 ? { entity, version } : { entity, version, snapshotVersion };
}

function lastRecord(store: StoreReads, key: string): Sealed | undefined {
  const range = { start: [key, Number.MAX_SAFE_INTEGER], end: [key, 0], reverse: true, limit: 1 };
  const [last] = store.records.getRange(range);
  return last === undefined
    ? undefined
    : unsealed(store, "record", { key, version: last.key[1] }, last.value);
}

function sealedSnapshot(store: StoreReads, key: string): Sealed | undefined {
  const stored = store.snapshots.get(key);
  return stored === undefined ? undefined : unsealed(store, "snapshot", { key }, stored);
}

interface StoredAt {
  readonly key: string;
  /** Unknown of a snapshot that cannot be read. */
  readonly version?: number;
}

function unsealed(store: StoreReads, kind: "record" | "snapshot", at: StoredAt, stored: Uint8Array): Sealed {
  const sealed = unseal({ kind, key: at.key }, stored);
  if ("problem" in sealed) throw corrupt(store, at, `the ${kind} is damaged: ${sealed.problem}`);
  if (at.version !== undefined && sealed.version !== at.version) {
    throw corrupt(store, at, `it says that it is version ${sealed.version}`);
  }
  return sealed;
}

function missing(store: StoreReads, key: string, version: number): Fault {
  return corrupt(store, { key, version }, "the record is missing");
}

function corrupt({ path }: StoreReads, { key, version }: StoredAt, why: string): Fault {
  const details = { entity: `entity:${key}`, ...(version === undefined ? {} : { version }), why, path };
  return new Fault("journalCorrupt", details);
}
