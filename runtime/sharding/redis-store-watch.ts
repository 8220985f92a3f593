import { Fault, isFault } from "../fault.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import { slotOf } from "../redis/key-slot.ts";
import type { RedisConnection } from "../redis/redis-connection.ts";
import { entityKeys, MEMBER_KEYS } from "../redis/redis-keys.ts";
import { readSlotRanges } from "../redis/slot-ranges.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import { ShardMap } from "./shard-map.ts";
import { StoreMarks } from "./store-marks.ts";
import type { Mark } from "./store-marks.ts";
import type { SeenShard, StoreWatch } from "./store-watch.ts";

/** What a watch is made of. */
export interface RedisStoreWatchParts {
  readonly redis: RedisConnection;
  /** The name of the cluster, by which two are told apart. */
  readonly name: string;
  /** Whether entities may begin anew in a part of the store that has lost what it held. */
  readonly allowsColdStart: boolean;
  readonly lookEveryMs: number;
  /** Whether a node of the cluster lives that may hold entities. */
  isAnybodyAlive(): Promise<boolean>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A shard that nobody serves. */
const UNSERVED = "unserved";
/** After a cluster was begun the first entities wait for so many looks: those who know that it is not new have to say so. */
const LOOKS_AFTER_BEGIN = 1.5;

/**
 * Watches a Redis, or each primary of a Redis Cluster: which copy of the data answers, and whether it has lost what it held. A mark in each part of the store tells
 * (see `store-marks.ts`); it also lets a node that has just started know that there was a failover a moment ago.
 */
export class RedisStoreWatch implements StoreWatch {
  readonly #parts: RedisStoreWatchParts;
  readonly #marks: StoreMarks;
  readonly #shards = new ShardMap();
  readonly #seen = new Map<string, SeenShard>();
  readonly #lost = new Set<string>();
  readonly #listeners = new Set<(seen: SeenShard) => void>();
  /** The id of the marks. */
  #known: string | undefined = undefined;
  /** Until when others have to have said that this store is not a new one. */
  #newUntilMs = Number.NEGATIVE_INFINITY;
  /** Looks at marks that were sent in this turn of the program. */
  readonly #asked = new Map<string, Promise<Mark | undefined>>();
  /** Whether another cluster has put its mark into this store. */
  #isForeign = false;
  #stop: Cancel = () => undefined;
  #stopHearing: () => void = () => undefined;
  #isClosed = false;

  private constructor(parts: RedisStoreWatchParts) {
    const { redis, name, allowsColdStart } = parts;
    this.#parts = parts;
    this.#marks = new StoreMarks({ redis, name, acceptsLoss: allowsColdStart });
  }

  /** Begins to watch, and marks a store in which nothing is. @throws Fault of the store; redisUnfit when it is another cluster's */
  static async open(parts: RedisStoreWatchParts): Promise<RedisStoreWatch> {
    const watch = new RedisStoreWatch(parts);
    await watch.#begin();
    return watch;
  }

  shardOf(entity: EntityAddress): string {
    return this.#shardOfKey(entityKeys(entity).own);
  }

  get memberShard(): string {
    return this.#shardOfKey(MEMBER_KEYS.nodes);
  }

  onSeen(listener: (seen: SeenShard) => void): () => void {
    this.#listeners.add(listener);
    for (const seen of this.#seen.values()) listener(seen);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Of this entity nothing is stored: resolves when it is a new one. @throws Fault stateLost when this part of the store has lost what it held, so that nobody can tell;
   * that of the store when it cannot be asked
   */
  async confirmUnknown(entity: EntityAddress): Promise<void> {
    const { clock } = this.#parts;
    const waitMs = this.#newUntilMs - clock.nowMs();
    if (waitMs > 0) await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
    // The mark of its own part, because hash slots move: to a server that has lost nothing, or away from one that has.
    const mark = await this.#askMark(this.#marks.keyAt(slotOf(entityKeys(entity).own)));
    if (mark?.lostSinceMs === undefined) return;
    throw new Fault("stateLost", { entity: entityText(entity), shard: this.shardOf(entity) });
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.#stopHearing();
  }

  async #begin(): Promise<void> {
    const { redis, lookEveryMs, clock } = this.#parts;
    this.#shards.learn(await readSlotRanges(redis));
    const isCalm = !(await this.#parts.isAnybodyAlive());
    const lookAll = (): Promise<readonly (Mark | undefined)[]> =>
      Promise.all(this.#marks.keys.map((key) => this.#marks.look(key, this.#known, isCalm)));
    const marks = await lookAll();
    this.#tellAccepted(marks);
    const whole = marks.filter((mark) => mark?.isWhole === true);
    this.#known = whole.map((mark) => mark?.id ?? "").toSorted()[0];
    if (this.#known === undefined) {
      this.#known = await this.#marks.make();
      this.#newUntilMs = clock.nowMs() + lookEveryMs * LOOKS_AFTER_BEGIN;
    }
    // Of a mark that is missing it shows only now, by the others, that it is lost.
    this.#tellAccepted(await lookAll());
    await this.#look();
    this.#stopHearing = redis.onReady(() => this.#lookSoon());
    this.#again();
  }

  #tellAccepted(marks: readonly (Mark | undefined)[]): void {
    const keys = this.#marks.keys.filter((_, at) => marks[at]?.wasAccepted === true);
    for (const shard of new Set(keys.map((key) => this.#shardOfKey(key)))) {
      this.#parts.log.warn("cluster.coldStart", { shard });
    }
  }

  #again(): void {
    this.#stop();
    if (this.#isClosed) return;
    const { clock, lookEveryMs } = this.#parts;
    this.#stop = clock.after(lookEveryMs, () => this.#lookSoon());
  }

  /** A store that does not answer is looked at again with the next look. */
  #lookSoon(): void {
    this.#again();
    void this.#look().catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
    });
  }

  async #look(): Promise<void> {
    this.#shards.learn(await readSlotRanges(this.#parts.redis));
    // One server that does not answer keeps the others from nothing.
    const shards = new Set(this.#marks.keys.map((key) => this.#shardOfKey(key)));
    const firsts = new Set(Array.from(shards, (shard) => this.#keyOf(shard)));
    // What was lost is accepted mark by mark.
    const keys = this.#parts.allowsColdStart ? this.#marks.keys : [...firsts];
    const looks = keys.map(async (key) => {
      const mark = await this.#marks.look(key, this.#known);
      if (firsts.has(key)) this.#learn(key, mark);
    });
    const faults = (await Promise.allSettled(looks)).flatMap((look) =>
      look.status === "rejected" ? [look.reason as unknown] : [],
    );
    for (const fault of faults) if (!(fault instanceof Fault)) throw fault;
    this.#noteForeign(faults.find((fault) => isFault(fault, "redisUnfit")));
  }

  /** Nothing of another cluster's marks is believed, so this one goes on as it was; but somebody has to look. */
  #noteForeign(fault: Fault | undefined): void {
    const isForeign = fault !== undefined;
    if (isForeign === this.#isForeign) return;
    this.#isForeign = isForeign;
    const { log } = this.#parts;
    if (isForeign) log.error("cluster.storeForeign", { why: fault.details["problems"] });
    else log.info("cluster.storeOwn");
  }

  #learn(key: string, mark: Mark | undefined): void {
    if (mark === undefined || this.#isClosed) return;
    const shard = this.#shardOfKey(key);
    this.#known = mark.id;
    const { source, forMs } = mark;
    const before = this.#seen.get(shard)?.source;
    const seen = { shard, source, forMs };
    this.#seen.set(shard, seen);
    // Of its own shard the member tells.
    if (before !== undefined && before !== source && shard !== this.memberShard) {
      this.#parts.log.warn("cluster.storeChanged", { shard, before, source });
    }
    this.#noteLoss(shard, mark);
    for (const listener of this.#listeners) listener(seen);
  }

  #noteLoss(shard: string, { lostSinceMs, wasAccepted }: Mark): void {
    const { log } = this.#parts;
    const isLost = lostSinceMs !== undefined;
    if (wasAccepted) log.warn("cluster.coldStart", { shard });
    if (isLost === this.#lost.has(shard)) return;
    if (isLost) {
      this.#lost.add(shard);
      log.error("cluster.stateLost", { shard, sinceMs: lostSinceMs });
    } else {
      this.#lost.delete(shard);
      log.info("cluster.stateFound", { shard });
    }
  }

  /** What is asked together is asked once. A look that is under way answers nobody else: the store may have lost something since it was sent. */
  #askMark(key: string): Promise<Mark | undefined> {
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const asked = this.#marks.look(key, this.#known).then((mark) => {
      // A shard is known by one of its marks alone, or two that differ would be a loss and a find by turns.
      if (key === this.#keyOf(this.#shardOfKey(key))) this.#learn(key, mark);
      return mark;
    });
    this.#asked.set(key, asked);
    process.nextTick(() => this.#asked.delete(key));
    return asked;
  }

  #shardOfKey(key: string): string {
    return this.#shards.shardOf(slotOf(key)) ?? UNSERVED;
  }

  /** The first mark that is in a shard; a server with so few slots that it has none is judged by another one's. */
  #keyOf(shard: string): string {
    const { keys } = this.#marks;
    return keys.find((key) => this.#shardOfKey(key) === shard) ?? keys[0] ?? "";
  }
}
