import { setImmediate as nextTurn } from "node:timers/promises";
import { isFault } from "../fault.ts";
import type { Fault } from "../fault.ts";
import { wakeTimeOf } from "../reminders/lmdb-reminder-store.ts";
import { ARCHIVE_FORMAT, archiveLine } from "./archive-lines.ts";
import type { ArchiveCounts } from "./archive-lines.ts";
import { keysOf } from "./entity-keys.ts";
import { headOf, readRecords, readSnapshot } from "./lmdb-reader.ts";
import type { StoreReads } from "./still-store.ts";
import { verifyEntity } from "./verify-store.ts";

/** Records that are looked at in one go, at most. */
const PAGE = 256;

/** Which entities go into an archive: those of one type, or all. */
export interface ArchiveScope {
  readonly type: string | undefined;
  readonly atMs: number;
  /** Told of each entity that is damaged, which is then left out; unless given, the first one is an error. */
  readonly onDamaged?: ((fault: Fault) => void) | undefined;
}

/** A journal as lines, each with its end, that `importArchive` understands; the last one says how much there was. @throws Fault journalCorrupt for what is damaged */
export async function* archiveOf(
  store: StoreReads,
  { type, atMs, onDamaged }: ArchiveScope,
): AsyncGenerator<string, ArchiveCounts> {
  const counts = { entities: 0, wakes: 0, snapshots: 0, records: 0 };
  yield `${archiveLine({ kind: "banyanJournal", format: ARCHIVE_FORMAT, atMs })}\n`;
  for (const key of keysOf(store, type)) {
    const damage = onDamaged && (await damageOf(store, key));
    if (damage !== undefined) {
      onDamaged?.(damage);
      continue;
    }
    counts.entities++;
    yield* entityLines(store, key, counts);
    await nextTurn();
  }
  yield `${archiveLine({ kind: "end", ...counts })}\n`;
  return counts;
}

async function damageOf(store: StoreReads, key: string): Promise<Fault | undefined> {
  try {
    await verifyEntity(store, key, { records: 0, snapshots: 0 });
    return undefined;
  } catch (error) {
    if (isFault(error, "journalCorrupt")) return error;
    throw error;
  }
}

async function* entityLines(
  store: StoreReads,
  key: string,
  counts: { wakes: number; snapshots: number; records: number },
): AsyncGenerator<string> {
  const { version } = headOf(store, key);
  const snapshot = readSnapshot(store, key);
  let page = readRecords(store, key, { fromVersion: 1, limit: PAGE });
  const first = page[0]?.version ?? 0;
  yield `${archiveLine({ kind: "entity", key, version, snapshot: snapshot?.version ?? 0, first })}\n`;
  const dueMs = wakeTimeOf(store, key);
  if (dueMs !== undefined) {
    counts.wakes++;
    // A little too early costs a look.
    yield `${archiveLine({ kind: "wake", dueMs: Math.floor(dueMs) })}\n`;
  }
  if (snapshot !== undefined) {
    counts.snapshots++;
    yield `${archiveLine({ kind: "snapshot", ...snapshot })}\n`;
  }
  while (page.length > 0) {
    for (const record of page) yield `${archiveLine({ kind: "record", ...record })}\n`;
    counts.records += page.length;
    page = readRecords(store, key, { fromVersion: (page.at(-1)?.version ?? 0) + 1, limit: PAGE });
    await nextTurn();
  }
}
