import { setImmediate as nextTurn } from "node:timers/promises";
import { isFault } from "../fault.ts";
import { headOf, readRecords, readSnapshot, recordPages } from "./lmdb-reader.ts";
import type { StoreReads } from "./still-store.ts";
import { keysOf } from "./entity-keys.ts";

/** What a look at everything has found. */
export interface Verified {
  readonly entities: number;
  readonly records: number;
  readonly snapshots: number;
  /** Each in words; empty when all is whole. */
  readonly problems: readonly string[];
}

/** With more, the rest is not worth telling. */
const PROBLEMS_MAX = 100;

/** Reads every record and snapshot and holds it against its checksum: for operators, and when a file was cut off. */
export async function verifyStore(store: StoreReads): Promise<Verified> {
  const counts = { entities: 0, records: 0, snapshots: 0 };
  const problems: string[] = [];
  const noting = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isFault(error, "journalCorrupt")) throw error;
      problems.push(error.message);
    }
  };
  await noting(async () => {
    for (const key of keysOf(store, undefined)) {
      counts.entities += 1;
      await noting(() => verifyEntity(store, key, counts));
      if (problems.length >= PROBLEMS_MAX) return;
    }
  });
  return { ...counts, problems };
}

/** Reads all that is stored of one entity, and counts it. @throws Fault journalCorrupt */
export async function verifyEntity(
  store: StoreReads,
  key: string,
  counts: { records: number; snapshots: number },
): Promise<void> {
  const { version } = headOf(store, key);
  const snapshot = readSnapshot(store, key);
  if (snapshot !== undefined) counts.snapshots += 1;
  const after = snapshot?.version ?? 0;
  const [first] = readRecords(store, key, { fromVersion: 1, limit: 1 });
  // A history that is kept has no gaps, wherever it begins; and what a load needs must be there.
  const from = Math.min(after, (first?.version ?? after + 1) - 1);
  const pages = recordPages(store, key, { after: from, last: version });
  for await (const page of pages) counts.records += page.length;
  await nextTurn();
}
