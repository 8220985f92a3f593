import { ConsumerGroup } from "../../../deploy/dev/sls/consumer-group.ts";
import type { DevLogstore, DevShard } from "../../../deploy/dev/sls/dev-logstore.ts";
import type { SlsServer } from "../../../deploy/dev/sls/sls-server.ts";
import { encodeLogGroup } from "../../../runtime/sls/encode-log-group.ts";
import { cursorAt } from "../../../runtime/sls/sls-cursor.ts";
import type { SeededChance } from "../../support/seeded-chance.ts";
import type { ChaosLog } from "./chaos-log.ts";
import { PlainCounter } from "./plain-counter.ts";
import { asLog, newRecord } from "./put-record.ts";
import type { PartitionAccount } from "./reader-words.ts";

/** Where the logstores of all runs are, and the key to them. */
export const PROJECT = "shop";
export const KEY = { id: "dev-key", secret: "dev-secret" };
/** The consumer group of each logstore that has one. Its timeout is short, so that nobody waits for what a dead consumer had. */
export const GROUP = "counters";
export const GROUP_RULES = { timeout: 2, order: false } as const;
const LOGS_MAX = 12;
/** One group in so many cannot be read. */
const DAMAGED_ONE_IN = 120;
const LEFT_TO_SEE = 4;
/** A log whose length goes beyond its group. */
const DAMAGED = Buffer.from([0x0a, 0x7f, 0x08]);
const KEYS = 1n << 128n;
const KEY_DIGITS = 32;

/** What a logstore of a run is like. */
export interface SlsLogWish {
  readonly name: string;
  readonly shards: number;
  readonly inOrder: boolean;
  /** Whether a consumer group shares the shards out, and not the nodes themselves. */
  readonly isGrouped: boolean;
}

/** A logstore of the test server, of which each group is noted. */
export class SlsLog implements ChaosLog {
  readonly source: object;
  readonly #server: SlsServer;
  readonly #logstore: DevLogstore;
  readonly #chance: SeededChance;
  readonly #counters = new Map<string, PlainCounter>();
  #isBeginLost = false;

  constructor(server: SlsServer, chance: SeededChance, { name, shards, inOrder, isGrouped }: SlsLogWish) {
    this.#server = server;
    this.#chance = chance;
    this.#logstore = server.store.createLogstore(PROJECT, name, { shards, ttlDays: 1 });
    if (isGrouped) {
      this.#logstore.groups.set(GROUP, new ConsumerGroup({ ...GROUP_RULES }));
    }
    this.source = {
      ...(isGrouped ? { group: GROUP } : {}),
      name: "app",
      kind: "sls",
      endpoint: server.url,
      project: PROJECT,
      logstore: name,
      keyId: KEY.id,
      keySecret: KEY.secret,
      // Whoever hangs is given up soon: a run is short.
      connectTimeoutMs: 1_000,
      pullTimeoutMs: 1_000,
      inOrder,
    };
  }

  get filled(): readonly string[] {
    return [...this.#counters.keys()];
  }

  get shards(): readonly DevShard[] {
    return [...this.#logstore.shards.values()];
  }

  counterOf(partition: string): PlainCounter | undefined {
    return this.#counters.get(partition);
  }

  put(): void {
    const chance = this.#chance;
    if (chance.between(1, DAMAGED_ONE_IN) === 1) return this.#putDamaged();
    const nowMs = this.#server.clock.nowMs();
    const records = Array.from({ length: chance.between(1, LOGS_MAX) }, () => newRecord(chance, nowMs));
    const bytes = encodeLogGroup({ topic: "web", source: "10.0.0.1", logs: records.map(asLog) });
    const key = chance
      .between(0, 2 ** 32 - 1)
      .toString(16)
      .padStart(8, "0");
    this.#noted(this.#logstore.put(bytes, key)).put(records);
  }

  split(): void {
    const shard = this.#writable();
    if (shard === undefined) return;
    const [begin, end] = [BigInt(`0x${shard.beginKey}`), BigInt(`0x${shard.endKey}`)];
    const middle = begin + ((end > KEYS ? KEYS : end) - begin) / 2n;
    this.#logstore.split(shard.id, middle.toString(16).padStart(KEY_DIGITS, "0"));
  }

  merge(): void {
    const shard = this.#writable();
    const hasNext = this.shards.some((one) => !one.isReadonly && one.beginKey === shard?.endKey);
    if (shard !== undefined && hasNext) this.#logstore.merge(shard.id);
  }

  /** Drops some of the oldest groups of a shard, once at most: then it is known which were lost. False when there is nothing to drop. */
  dropOldest(partition: string): boolean {
    const counter = this.#counters.get(partition);
    const { log } = this.#logstore.shard(shardOf(partition));
    if (counter === undefined || counter.dropped > 0 || log.size === 0) return false;
    // Where that is to be seen, so many go that some were not read, and some are left.
    const groups = this.#isBeginLost
      ? Math.max(1, log.size - LEFT_TO_SEE)
      : this.#chance.between(1, log.size);
    log.dropOldest(groups);
    counter.dropped = groups;
    return true;
  }

  /** From now on the oldest that is left cannot be found any more where some were dropped: a bug, to be seen. */
  loseBegin(): void {
    this.#isBeginLost = true;
    const logstore = this.#logstore;
    const cursor = logstore.cursor.bind(logstore);
    logstore.cursor = (shard, from) => {
      const isShort = (this.#counters.get(nameOf(shard.id))?.dropped ?? 0) > 0;
      return cursor(shard, from === "begin" && isShort ? "end" : from);
    };
  }

  lostOf({ lost }: PartitionAccount): number {
    return lost;
  }

  unread(accounts: readonly PartitionAccount[]): readonly string[] {
    const cursors = new Map(accounts.map(({ partition, cursor }) => [partition, cursor]));
    return this.shards
      .filter(({ id, log }) => {
        const cursor = cursors.get(nameOf(id));
        const isUntouched = cursor === undefined && !this.#counters.has(nameOf(id));
        return !isUntouched && cursor !== cursorAt(log.end);
      })
      .map(({ id }) => nameOf(id));
  }

  tooEarly(
    before: ReadonlyMap<string, PartitionAccount>,
    accounts: readonly PartitionAccount[],
  ): readonly string[] {
    const cursors = new Map(accounts.map(({ partition, cursor }) => [partition, cursor]));
    const isRead = (id: number): boolean => {
      const shard = this.#logstore.shards.get(id);
      const isEmpty = !this.#counters.has(nameOf(id));
      return shard === undefined || isEmpty || cursors.get(nameOf(id)) === cursorAt(shard.log.end);
    };
    return this.shards
      .filter(({ id, parents }) => before.get(nameOf(id))?.cursor !== undefined && !parents.every(isRead))
      .map(({ id }) => nameOf(id));
  }

  close(): void {
    this.#server.store.removeLogstore(PROJECT, this.#logstore.rules.name);
  }

  #putDamaged(): void {
    const shard = this.#writable();
    if (shard === undefined) return;
    this.#logstore.append(shard, DAMAGED);
    this.#noted(shard).put([{ timeMs: 0, fields: {}, fate: "quarantined" }]);
  }

  #writable(): DevShard | undefined {
    return this.#chance.shuffled(this.shards.filter(({ isReadonly }) => !isReadonly))[0];
  }

  #noted({ id }: DevShard): PlainCounter {
    const partition = nameOf(id);
    const known = this.#counters.get(partition);
    if (known !== undefined) return known;
    const counter = new PlainCounter();
    this.#counters.set(partition, counter);
    return counter;
  }
}

function nameOf(shard: number): string {
  return `app/${shard}`;
}

/** The number of the shard that a partition is. */
export function shardOf(partition: string): number {
  return Number(partition.slice(partition.indexOf("/") + 1));
}
