import { Fault } from "../fault.ts";
import type { RedisCommands } from "../redis/redis-connection.ts";
import { entityKeys } from "../redis/redis-keys.ts";
import { LOAD_SCRIPT } from "../redis/scripts/load-script.ts";
import { RECORDS_SCRIPT } from "../redis/scripts/records-script.ts";
import { entityText } from "./entity-address.ts";
import type { EntityAddress } from "./entity-address.ts";
import { PAGE_BYTES } from "./journal-limits.ts";
import type { JournalRecord, Loaded, LoadedAhead, Owner, RecordPage } from "./journal.ts";
import type { LoadsAhead } from "./loads-ahead.ts";
import { unpackRecord } from "./packed-record.ts";

/** Records that are fetched at a time, at most. */
const PAGE_RECORDS = 256;

/** Those that come with the question where an entity stands: it goes over the connection for writes, and must not hold it up. */
const FIRST_RECORDS = 64;
const FIRST_BYTES = 65_536;

/** What Redis says of an entity, and the first records behind its snapshot. */
export type LoadAnswer = readonly [
  version: Buffer | number | null,
  snapshotVersion: Buffer | number | null,
  snapshot: Buffer | null,
  records: readonly Buffer[],
];

/** What came with a claim, all of it that is stored, and whose claim it was. */
interface AnswerAhead {
  readonly owner: Owner;
  readonly answer: LoadAnswer;
}

/** What came with the claims of a node. */
export type StoredAhead = LoadsAhead<AnswerAhead>;

/** Reads what Redis holds of entities. */
export class RedisRecords {
  readonly #commands: RedisCommands;

  constructor(commands: RedisCommands) {
    this.#commands = commands;
  }

  /** `first` is the connection for the question that decides what is loaded. */
  async load(entity: EntityAddress, first: RedisCommands): Promise<Loaded> {
    const { state, log } = entityKeys(entity);
    const answer = await first.scriptBytes(LOAD_SCRIPT, [state, log], [FIRST_RECORDS, FIRST_BYTES]);
    const [version, snapshotVersion, bytes, entries] = answer as LoadAnswer;
    const latest = numberOf(version);
    const page = entries.map((value) => recordOf(entity, value));
    const pages = (from: number): Loaded["pages"] => this.#pages(entity, page, { from, last: latest });
    if (bytes === null) return { version: latest, pages: pages(1) };
    const snapshot = { version: numberOf(snapshotVersion), bytes };
    return { version: latest, snapshot, pages: pages(snapshot.version + 1) };
  }

  async read(entity: EntityAddress, { fromVersion, limit }: RecordPage): Promise<readonly JournalRecord[]> {
    if (limit <= 0) return [];
    const page = await this.#range(entity, fromVersion, limit);
    // A trimmed history begins where it begins.
    checkOrder(entity, page, Math.max(fromVersion, page[0]?.version ?? 0));
    return page;
  }

  /** Records `from` to `last`, each of which must be there; those of `first` are known. @throws Fault journalCorrupt */
  async *#pages(
    entity: EntityAddress,
    first: readonly JournalRecord[],
    { from, last }: { readonly from: number; readonly last: number },
  ): Loaded["pages"] {
    for (let next = from; next <= last;) {
      const page =
        next === from ? first : await this.#range(entity, next, Math.min(PAGE_RECORDS, last - next + 1));
      checkOrder(entity, page, next);
      if (page.length === 0) throw missing(entity, next);
      next += page.length;
      yield page;
    }
  }

  async #range(entity: EntityAddress, from: number, limit: number): Promise<readonly JournalRecord[]> {
    const { state, log } = entityKeys(entity);
    const answer = await this.#commands.scriptBytes(RECORDS_SCRIPT, [state, log], [from, limit, PAGE_BYTES]);
    return (answer as readonly Buffer[]).map((value) => recordOf(entity, value));
  }
}

/** What came with a claim, as a load answers it. @throws Fault journalCorrupt */
export function loadedAhead(entity: EntityAddress, { owner, answer }: AnswerAhead): LoadedAhead {
  const [version, snapshotVersion, bytes, entries] = answer;
  const records = entries.map((value) => recordOf(entity, value));
  const loaded = { owner, version: numberOf(version), records };
  return bytes === null ? loaded : { ...loaded, snapshot: { version: numberOf(snapshotVersion), bytes } };
}

function recordOf(entity: EntityAddress, value: Buffer): JournalRecord {
  const record = unpackRecord(value);
  if (record !== undefined) return record;
  throw new Fault("journalCorrupt", { entity: entityText(entity), problem: "what is stored is no record" });
}

function numberOf(told: Buffer | number | null): number {
  return told === null ? 0 : Number(told.toString());
}

/** Whether they are the records from that version on. @throws Fault journalCorrupt */
function checkOrder(entity: EntityAddress, page: readonly JournalRecord[], from: number): void {
  for (const [at, { version }] of page.entries()) {
    if (version !== from + at) throw missing(entity, from + at);
  }
}

function missing(entity: EntityAddress, version: number): Fault {
  return new Fault("journalCorrupt", {
    entity: entityText(entity),
    version,
    problem: "the record is missing",
  });
}
