import { Fault, passOverFault } from "../fault.ts";
import type { RedisConnection } from "../redis/redis-connection.ts";
import { readRedisFacts } from "../redis/redis-facts.ts";
import { redisFitness } from "../redis/redis-fitness.ts";
import type { RedisLink } from "../redis/redis-link.ts";
import { REMOVE_SCRIPT } from "../redis/scripts/remove-script.ts";
import { RESTORE_SCRIPT } from "../redis/scripts/restore-script.ts";
import { SNAPSHOT_SCRIPT } from "../redis/scripts/snapshot-script.ts";
import { suffices, weakest } from "./durability.ts";
import { checkAppend, checkSnapshot } from "./journal-limits.ts";
import { entityKey, entityText } from "./entity-address.ts";
import type { EntityAddress } from "./entity-address.ts";
import type {
  Append,
  Appended,
  Durability,
  EntityPage,
  Journal,
  JournalEntry,
  JournalRecord,
  Loaded,
  LoadedAhead,
  RecordPage,
  Removal,
  SnapshotWrite,
  Stored,
} from "./journal.ts";
import { packRecord } from "./packed-record.ts";
import { journalFault } from "./redis-journal-fault.ts";
import { RedisEntityIndex } from "./redis-entity-index.ts";
import { loadedAhead, RedisRecords } from "./redis-records.ts";
import type { StoredAhead } from "./redis-records.ts";
import { RedisWrites } from "./redis-writes.ts";

/**
 * For how long it is believed how durable Redis makes things at present, when something is to be as durable as can be: replicas come and go under a
 * connection that stays. Less than a replica may take to acknowledge, so one that was waited for in vain is looked for again. In milliseconds.
 */
const KNOWN_FOR_MS = 1_000;

/** Resolves when nothing is stored of an entity because it is new. @throws Fault stateLost */
type IsNew = (entity: EntityAddress) => Promise<void>;

/** What a journal on Redis may be told beside its connection. */
export interface RedisJournalOptions {
  /** Without it nobody finds out what Redis has lost. */
  readonly isNew?: IsNew;
  /** What came with the claims of this node. */
  readonly ahead?: StoredAhead;
}

/**
 * The journal of a cluster. All of an entity is in one hash slot: its owner, its state, and a list of its records, whose last is that of the latest
 * version: a list of one record takes a tenth of what a stream of one takes. Each write is one script, which compares the owner's epoch and incarnation first:
 * whoever has lost an entity cannot write, whatever it believes. What Redis has answered is as durable as Redis is set up to be.
 */
export class RedisJournal implements Journal {
  readonly #writer: RedisConnection;
  readonly #writes: RedisWrites;
  readonly #records: RedisRecords;
  readonly #index: RedisEntityIndex;
  readonly #options: RedisJournalOptions;
  /** Entities that enter or leave the index, or for which it is looked at how durable Redis is: what is appended to them meanwhile waits. */
  readonly #indexing = new Map<string, Promise<unknown>>();
  /** Snapshots on their way: one takes away records, and must not do so between the steps of a load. */
  readonly #trimming = new Map<string, Promise<unknown>>();
  #looking: Promise<void> | undefined = undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #strongest: Durability | undefined = undefined;
  #isClosed = false;

  private constructor(link: RedisLink, writer: RedisConnection, options: RedisJournalOptions) {
    this.#writer = writer;
    this.#options = options;
    this.#writes = new RedisWrites(writer);
    this.#records = new RedisRecords(link.commands);
    this.#index = new RedisEntityIndex(link.commands);
    // Another connection may lead to another server, which is set up in another way.
    writer.onLost(() => (this.#strongest = undefined));
    writer.onReady(() => void this.#lookAgain());
  }

  /** Opens the journal of the Redis that `link` leads to. @throws Fault redisUnavailable, redisUnfit */
  static async open(link: RedisLink, options: RedisJournalOptions = {}): Promise<RedisJournal> {
    const writer = await link.replicatedWriter("journal");
    const journal = new RedisJournal(link, writer, options);
    try {
      await journal.#look();
      return journal;
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  get strongest(): Durability {
    return this.#strongest ?? "memory";
  }

  get whenFree(): Promise<void> | undefined {
    return this.#writes.whenFree;
  }

  async append(append: Append): Promise<Appended> {
    const { entity, owner, expectedVersion, atMs } = append;
    this.#begin(entity, append.bytes.length);
    try {
      this.#checkDurability(append);
      const version = expectedVersion + 1;
      // The library may still look at them when the caller uses its buffer again.
      const record = packRecord({ version, atMs, bytes: append.bytes });
      const before = this.#before(append);
      if (before !== undefined) await before;
      const isReplicated = this.#isReplicated(append);
      const refusal = await this.#writes.append({ entity, owner, version, record, isReplicated });
      return refusal ?? { kind: "appended", version };
    } finally {
      this.#writes.release(append.bytes.length);
    }
  }

  async snapshot(snapshot: SnapshotWrite): Promise<Stored> {
    checkSnapshot(snapshot);
    const key = entityKey(snapshot.entity);
    const stored = this.#snapshot(snapshot);
    this.#trimming.set(key, stored);
    try {
      return await stored;
    } finally {
      if (this.#trimming.get(key) === stored) this.#trimming.delete(key);
    }
  }

  async #snapshot(snapshot: SnapshotWrite): Promise<Stored> {
    const { entity, owner, version, keepFrom } = snapshot;
    this.#begin(entity, snapshot.bytes.length);
    try {
      const bytes = Buffer.from(snapshot.bytes);
      // What a failover may have taken from the index of an entity comes back with its next snapshot.
      await this.#enter(entity);
      const args = [version, keepFrom, bytes];
      const refusal = await this.#writes.write({ script: SNAPSHOT_SCRIPT, entity, owner, args });
      return refusal ?? { kind: "stored" };
    } finally {
      this.#writes.release(snapshot.bytes.length);
    }
  }

  /** Begins an entity that is unknown here with its snapshot; `conflict` when it is known. */
  async restore(snapshot: Omit<SnapshotWrite, "keepFrom">): Promise<Stored> {
    checkSnapshot({ ...snapshot, keepFrom: 1 });
    const { entity, owner, version } = snapshot;
    this.#begin(entity, snapshot.bytes.length);
    try {
      await this.#enter(entity);
      const args = [version, Buffer.from(snapshot.bytes)];
      const refusal = await this.#writes.write({ script: RESTORE_SCRIPT, entity, owner, args });
      return refusal ?? { kind: "stored" };
    } finally {
      this.#writes.release(snapshot.bytes.length);
    }
  }

  async remove({ entity, owner }: Removal): Promise<Stored> {
    this.#begin(entity, 0);
    try {
      // One change with what it does to the index: an append that is sent after it enters the index after it, too.
      const refusal = await this.#changeIndex(entity, async () => {
        const refused = await this.#writes.write({ script: REMOVE_SCRIPT, entity, owner, args: [] });
        if (refused === undefined) await this.#index.remove(entity);
        return refused;
      });
      return refusal ?? { kind: "stored" };
    } finally {
      this.#writes.release(0);
    }
  }

  async load(entity: EntityAddress): Promise<Loaded> {
    // What was appended before is on its way over the writer's connection: this question goes behind it.
    await this.#indexing.get(entityKey(entity))?.catch(() => undefined);
    await this.#trimming.get(entityKey(entity))?.catch(() => undefined);
    this.#writes.flush();
    return this.#reading({ entity: entityText(entity) }, () => this.#records.load(entity, this.#writer));
  }

  loadedAhead(entity: EntityAddress): LoadedAhead | undefined {
    const ahead = this.#isClosed ? undefined : this.#options.ahead?.take(entity);
    try {
      return ahead && loadedAhead(entity, ahead);
    } catch (error) {
      // What is damaged is told by the load that comes now.
      passOverFault(error);
      return undefined;
    }
  }

  async confirmUnknown(entity: EntityAddress): Promise<void> {
    await this.#reading({ entity: entityText(entity) }, async () => this.#options.isNew?.(entity));
  }

  async read(entity: EntityAddress, page: RecordPage): Promise<readonly JournalRecord[]> {
    return this.#reading({ entity: entityText(entity) }, () => this.#records.read(entity, page));
  }

  async list(type: string | undefined, page: EntityPage): Promise<readonly JournalEntry[]> {
    return this.#reading({ type }, () => this.#index.list(type, page));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writes.idle();
    await this.#writer.close();
  }

  /** @throws Fault addressInvalid, journalClosed, journalUnavailable, journalBusy: nothing is written then */
  #begin(entity: EntityAddress, bytes: number): void {
    this.#options.ahead?.drop(entity);
    const text = entityText(entity);
    if (this.#isClosed) throw new Fault("journalClosed", { entity: text });
    if (this.#strongest === undefined) {
      // It may have become fit since, over the same connection.
      void this.#lookAgain();
      throw new Fault("journalUnavailable", { entity: text, outcome: "nothing was stored" });
    }
    this.#writes.reserve(entity, bytes);
  }

  /** @throws Fault recordTooLarge, durabilityMissing */
  #checkDurability(append: Append): void {
    // A replica may have come since.
    if (!suffices(this.strongest, append.durability)) void this.#lookAgain();
    checkAppend(append, this.strongest);
  }

  /** What a record has to wait for. What is appended to its entity meanwhile waits behind it. */
  #before({ entity, expectedVersion, isStrongest }: Append): Promise<unknown> | undefined {
    if (isStrongest === true && !this.#isKnown) {
      void this.#changeIndex(entity, async () => this.#isKnown || this.#lookAgain());
    }
    return expectedVersion === 0 ? this.#enter(entity) : this.#indexing.get(entityKey(entity));
  }

  /** Whether it was looked at of late how durable Redis makes things. */
  get #isKnown(): boolean {
    return performance.now() - this.#lookedAtMs < KNOWN_FOR_MS;
  }

  /** Whether a replica must have it: of what is to be as durable as can be, if there is one, or nobody knows. */
  #isReplicated({ durability, isStrongest }: Append): boolean {
    if (durability === "replicated") return true;
    return isStrongest === true && (this.#strongest ?? "replicated") === "replicated";
  }

  #enter(entity: EntityAddress): Promise<void> {
    return this.#changeIndex(entity, () => this.#index.add(entity));
  }

  /** One change after the other for each entity. */
  #changeIndex<T>(entity: EntityAddress, change: () => Promise<T>): Promise<T> {
    const key = entityKey(entity);
    const before = this.#indexing.get(key) ?? Promise.resolve();
    const changed = before
      .catch(() => undefined)
      .then(change)
      .catch((error: unknown) => {
        throw journalFault(error, { entity: entityText(entity), write: "index" });
      });
    this.#indexing.set(key, changed);
    const forget = (): void => {
      if (this.#indexing.get(key) === changed) this.#indexing.delete(key);
    };
    // Directly before those who wait for it go on: whoever comes later must not overtake them.
    void changed.then(forget, forget);
    return changed;
  }

  async #reading<T>(details: Readonly<Record<string, unknown>>, read: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Fault("journalClosed", details);
    try {
      return await read();
    } catch (error) {
      throw journalFault(error, details);
    }
  }

  #lookAgain(): Promise<void> {
    // What cannot be looked at stays as it is known. A lost connection has made it unknown: then the next write looks again.
    this.#looking ??= this.#look()
      .catch(() => undefined)
      .finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { generation } = this.#writer;
    const all = (await readRedisFacts(this.#writer)).map((facts) => redisFitness(facts, "memory"));
    if (this.#writer.generation !== generation || !this.#writer.isReady) return;
    this.#lookedAtMs = performance.now();
    const problems = all.flatMap((fitness) => fitness.problems);
    this.#strongest = problems.length > 0 ? undefined : weakest(all.map((fitness) => fitness.strongest));
    if (problems.length > 0) throw new Fault("redisUnfit", { problems: problems.join("; ") });
  }
}
