import { randomInt } from "node:crypto";
import { entityKey, parseEntityKey } from "../persistence/entity-address.ts";
import type { DueKey, LmdbStore } from "../persistence/lmdb-store.ts";
import { isNotOlder, RETRY_AFTER_MS } from "./reminder-store.ts";
import type {
  ReminderStore,
  Stamp,
  TakenWakes,
  Wake,
  WakeOrder,
  WakePage,
  WakeWish,
} from "./reminder-store.ts";

/** Where the store of a journal can be written, in the order of the calls and of the journal's own writes. */
export interface BesideJournal {
  aside<T>(work: (store: LmdbStore) => T, options: { readonly awaitsFlush: boolean }): Promise<T>;
}

/** Where wake-ups are read by the key of their entity. */
interface Wakes {
  readonly wakes: Pick<LmdbStore["wakes"], "get">;
}

/** When an entity is to be woken, and who said so. */
interface Entry {
  readonly atMs: number;
  readonly stamp: Stamp;
  /** Which process has taken it, and has not heard of it since; 0 for none. */
  readonly takenBy: number;
}

/** Taken at a time; the event loop is held for that long. */
const TAKEN_MAX = 256;
const EPOCH_AT = 8;
const SEQ_AT = 16;
const TAKEN_BY_AT = 24;
const ENTRY_BYTES = 28;
/** Beyond the longest time for which something may have been taken ahead of its time. */
const TAKEN_AHEAD_MS = 60_000;
const NOTHING = new Uint8Array(1);

/**
 * Wake-ups beside the journal of one machine, in its own transactions: `wakeBy` is committed with the record that needs it, or before. One that was taken has
 * moved behind `RETRY_AFTER_MS`, so a process that dies while it wakes loses none; the next one finds those first.
 */
export class LmdbReminderStore implements ReminderStore {
  readonly isBesideJournal = true;
  readonly isShared = false;
  readonly #journal: BesideJournal;
  readonly #self = randomInt(1, 2 ** 32 - 1);
  /** Up to where it was looked for what an earlier process has taken and left behind; undefined at the beginning. */
  #lookedTo: DueKey | "theEnd" | undefined = undefined;

  constructor(journal: BesideJournal) {
    this.#journal = journal;
  }

  async wakeBy({ entity, stamp, dueMs }: WakeWish): Promise<void> {
    const key = entityKey(entity);
    const work = (store: LmdbStore): void => {
      const before = read(store, key);
      const isEarlier = before === undefined || dueMs < before.atMs;
      move(store, key, before, {
        ...(isEarlier ? { atMs: dueMs, takenBy: 0 } : before),
        stamp: isNotOlder(stamp, before?.stamp) ? stamp : (before?.stamp ?? stamp),
      });
    };
    await this.#journal.aside(work, { awaitsFlush: true });
  }

  async wakeAt({ entity, stamp, dueMs }: WakeOrder): Promise<void> {
    const key = entityKey(entity);
    const work = (store: LmdbStore): void => {
      const before = read(store, key);
      if (!isNotOlder(stamp, before?.stamp)) return;
      move(store, key, before, dueMs === undefined ? undefined : { atMs: dueMs, stamp, takenBy: 0 });
    };
    await this.#journal.aside(work, { awaitsFlush: false });
  }

  take({ nowMs, untilMs, limit }: WakePage): Promise<TakenWakes> {
    const work = (store: LmdbStore): TakenWakes => {
      if (this.#lookedTo !== "theEnd") this.#lookedTo = this.#reclaim(store, nowMs);
      const wakes: Wake[] = [];
      for (const [atMs, key] of dueKeys(store, untilMs, Math.min(limit, TAKEN_MAX))) {
        const entity = parseEntityKey(key);
        const before = read(store, key);
        if (entity === undefined || before === undefined || before.atMs !== atMs) {
          store.due.removeSync([atMs, key]);
          continue;
        }
        wakes.push({ entity, dueMs: atMs });
        const retryMs = Math.max(nowMs, atMs) + RETRY_AFTER_MS;
        move(store, key, before, { ...before, atMs: retryMs, takenBy: this.#self });
      }
      const [next] = dueKeys(store, Number.MAX_SAFE_INTEGER - 1, 1);
      return next === undefined ? { wakes } : { wakes, nextMs: next[0] };
    };
    return this.#journal.aside(work, { awaitsFlush: false });
  }

  /** What an earlier process has taken and left behind is due at once: some of it at a time. Answers up to where it has looked. */
  #reclaim(store: LmdbStore, nowMs: number): DueKey | "theEnd" {
    const start = this.#lookedTo === "theEnd" ? undefined : (this.#lookedTo ?? [nowMs, ""]);
    const end: DueKey = [nowMs + RETRY_AFTER_MS + TAKEN_AHEAD_MS, ""];
    const keys = [...store.due.getKeys({ start: start ?? end, end, limit: TAKEN_MAX })];
    for (const [, key] of keys) {
      const entry = read(store, key);
      if (entry === undefined || entry.takenBy === 0 || entry.takenBy === this.#self) continue;
      move(store, key, entry, { ...entry, atMs: nowMs, takenBy: 0 });
    }
    return (keys.length === TAKEN_MAX ? keys.at(-1) : undefined) ?? "theEnd";
  }
}

function dueKeys({ due }: LmdbStore, untilMs: number, limit: number): DueKey[] {
  return [...due.getKeys({ end: [untilMs + 1, ""], limit })];
}

function move(store: LmdbStore, key: string, before: Entry | undefined, after: Entry | undefined): void {
  if (before !== undefined && before.atMs !== after?.atMs) store.due.removeSync([before.atMs, key]);
  if (after === undefined) {
    store.wakes.removeSync(key);
    return;
  }
  if (before?.atMs !== after.atMs) store.due.putSync([after.atMs, key], NOTHING);
  const bytes = Buffer.alloc(ENTRY_BYTES);
  bytes.writeDoubleBE(after.atMs);
  bytes.writeDoubleBE(after.stamp.ownerEpoch, EPOCH_AT);
  bytes.writeDoubleBE(after.stamp.seq, SEQ_AT);
  bytes.writeUInt32BE(after.takenBy, TAKEN_BY_AT);
  store.wakes.putSync(key, bytes);
}

/** When an entity wants to be woken, by its key; undefined when it does not. */
export function wakeTimeOf(store: Wakes, key: string): number | undefined {
  return read(store, key)?.atMs;
}

function read(store: Wakes, key: string): Entry | undefined {
  const stored = store.wakes.get(key);
  if (stored === undefined || stored.length < ENTRY_BYTES) return undefined;
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.length);
  return {
    atMs: bytes.readDoubleBE(),
    stamp: { ownerEpoch: bytes.readDoubleBE(EPOCH_AT), seq: bytes.readDoubleBE(SEQ_AT) },
    takenBy: bytes.readUInt32BE(TAKEN_BY_AT),
  };
}
