import { setImmediate as nextTurn } from "node:timers/promises";
import { isFault } from "../fault.ts";
import { headOf, readSnapshot, recordPages } from "./lmdb-reader.ts";
import type { LmdbStore } from "./lmdb-store.ts";

/** What a look at everything has found. */
export interface Verified {
  readonly entities: number;
  readonly records: number;
  readonly snapshots: number;
  /** Each in words; empty when all is whole. */
  readonly problems: readonly string[];
}

const PAGE_ENTITIES = 100;
/** With more, the rest is not worth telling. */
const PROBLEMS_MAX = 100;

/** Reads every record and snapshot and holds it against its checksum: for operators, and when a file was cut off. */
export async function verifyStore(store: LmdbStore): Promise<Verified> {
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
    for (const key of keysOf(store)) {
      counts.entities += 1;
      await noting(() => verifyEntity(store, key, counts));
      if (problems.length >= PROBLEMS_MAX) return;
    }
  });
  return { ...counts, problems };
}

function* keysOf(store: LmdbStore): Generator<string> {
  for (let after = ""; ;) {
    const keys = store.look(() => [
      ...store.entities.getKeys({
        ...(after === "" ? {} : { start: after, exclusiveStart: true }),
        limit: PAGE_ENTITIES,
      }),
    ]);
    const last = keys.at(-1);
    if (last === undefined) return;
    yield* keys;
    after = last;
  }
}

async function verifyEntity(
  store: LmdbStore,
  key: string,
  counts: { records: number; snapshots: number },
): Promise<void> {
  const { version } = headOf(store, key);
  const snapshot = readSnapshot(store, key);
  if (snapshot !== undefined) counts.snapshots += 1;
  for await (const page of recordPages(store, key, { after: snapshot?.version ?? 0, last: version })) {
    counts.records += page.length;
  }
  await nextTurn();
}
