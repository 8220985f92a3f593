import { looseRecord } from "../../runtime/codec/loose-record.ts";
import { entityKey, parseEntityKey } from "../../runtime/persistence/entity-address.ts";
import type { EntityAddress } from "../../runtime/persistence/entity-address.ts";
import { keysOf } from "../../runtime/persistence/entity-keys.ts";
import { headOf, readRecords, readSnapshot } from "../../runtime/persistence/lmdb-reader.ts";
import type { StoreReads } from "../../runtime/persistence/still-store.ts";
import { Refusal } from "../refusal.ts";

/** How many entities there are of a type. */
export interface TypeCount {
  readonly type: string;
  readonly entities: number;
}

/** An entity in a list; its key when it can be read by nobody. */
export interface ListedEntity {
  readonly entity: string;
  readonly version: number;
  /** 0 without one. */
  readonly snapshot: number;
}

/** A record in a list. */
export interface ListedRecord {
  readonly version: number;
  readonly atMs: number;
  readonly bytes: number;
  /** As they are stored, only when asked for: they may be private. */
  readonly events?: unknown;
}

/** All of one entity that was asked for. */
export interface InspectedEntity extends ListedEntity {
  readonly snapshotBytes: number;
  readonly owner: string;
  readonly records: readonly ListedRecord[];
}

/** Which records are wanted. */
export interface RecordWish {
  readonly from: number;
  readonly limit: number;
  readonly withEvents: boolean;
}

/** How many entities there are of each type. */
export function countTypes(store: StoreReads): TypeCount[] {
  const counts = new Map<string, number>();
  for (const key of keysOf(store, undefined)) {
    const type = key.slice(0, key.indexOf("/"));
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return Array.from(counts, ([type, entities]) => ({ type, entities }));
}

/** The first entities of a type; whether there are more. */
export function listType(
  store: StoreReads,
  type: string,
  limit: number,
): { readonly entities: ListedEntity[]; readonly hasMore: boolean } {
  const entities: ListedEntity[] = [];
  for (const key of keysOf(store, type)) {
    if (entities.length === limit) return { entities, hasMore: true };
    const { version, snapshotVersion } = headOf(store, key);
    entities.push({ entity: `entity:${key}`, version, snapshot: snapshotVersion });
  }
  return { entities, hasMore: false };
}

/** One entity and some of its records. @throws Refusal when there is none */
export function inspectEntity(store: StoreReads, address: EntityAddress, wish: RecordWish): InspectedEntity {
  const key = entityKey(address);
  const { version, snapshotVersion, owner } = headOf(store, key);
  if (version === 0) throw new Refusal("failed", `the journal holds no entity:${key}`);
  const records = readRecords(store, key, { fromVersion: wish.from, limit: wish.limit });
  return {
    entity: `entity:${key}`,
    version,
    snapshot: snapshotVersion,
    snapshotBytes: readSnapshot(store, key)?.bytes.length ?? 0,
    owner: owner === undefined ? "" : `${owner.ownerEpoch} ${owner.incarnation}`,
    records: records.map(({ version: at, atMs, bytes }) => ({
      version: at,
      atMs,
      bytes: bytes.length,
      ...(wish.withEvents ? { events: looseRecord(bytes) } : {}),
    })),
  };
}

/** The entity that `--type` and `--id` name. @throws Refusal when no entity can be called so */
export function namedEntity(type: string, id: string): EntityAddress {
  const entity = { type, id };
  try {
    if (parseEntityKey(entityKey(entity)) !== undefined) return entity;
  } catch (error) {
    throw new Refusal("usage", (error as Error).message);
  }
  throw new Refusal("usage", `no entity can be called ${type}/${id}`);
}
