import { cursorAt, sequenceOf } from "../../../runtime/sls/sls-cursor.ts";
import { ApiError, badParameter } from "./api-error.ts";
import { ConsumerGroup } from "./consumer-group.ts";
import { Quota } from "./quota.ts";
import { evenRanges, holdsKey, readKey } from "./shard-keys.ts";
import type { KeyRange } from "./shard-keys.ts";
import { ShardLog } from "./shard-log.ts";

const SHARDS_MAX = 400;
const NANOS_PER_SECOND = 1_000_000_000n;

/** What may be done to a shard in a second. */
export interface ShardQuotas {
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
}

/** One shard with what it holds, and how often it was read and written. */
export interface DevShard extends KeyRange {
  readonly id: number;
  readonly parents: readonly number[];
  readonly createdAt: number;
  readonly log: ShardLog;
  readonly reads: Quota;
  readonly writes: Quota;
  isReadonly: boolean;
}

/** How a logstore is made. */
export interface LogstoreRules {
  readonly name: string;
  readonly shards: number;
  readonly ttlDays: number;
  readonly bytesMax: number;
  readonly quotas: ShardQuotas;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** By it leases end, in milliseconds. */
  readonly steadyMs: () => number;
}

/** A logstore of the test server: everything in memory, and bounded. */
export class DevLogstore {
  readonly rules: LogstoreRules;
  readonly shards = new Map<number, DevShard>();
  readonly groups = new Map<string, ConsumerGroup>();
  readonly createdAt: number;
  #nextShard = 0;
  #nextPut = 0;

  constructor(rules: LogstoreRules) {
    this.rules = rules;
    this.createdAt = rules.now();
    for (const range of evenRanges(rules.shards)) this.#addShard(range, []);
  }

  /** @throws ApiError */
  shard(id: number): DevShard {
    this.#forgetOld();
    const shard = this.shards.get(id);
    if (shard === undefined) throw new ApiError(400, "ShardNotExist", `shard ${id} does not exist`);
    return shard;
  }

  /** Stores a log group: in the shard of the key, or in one after the other. @throws ApiError */
  put(bytes: Uint8Array, key: string | undefined): DevShard {
    const shard = key === undefined ? this.#nextWritable() : this.#shardOf(key);
    const now = this.rules.now();
    if (!shard.writes.take(now)) throw new ApiError(403, "ShardWriteQuotaExceed", "Write QPS Exceed");
    this.append(shard, bytes);
    return shard;
  }

  /** Stores a log group in a shard without any check: damaged ones too. */
  append(shard: DevShard, bytes: Uint8Array): void {
    shard.log.append({ bytes, receivedAt: this.rules.now() });
    while (this.bytes() > this.rules.bytesMax) this.#oldest()?.log.dropOldest(1);
  }

  bytes(): number {
    let bytes = 0;
    for (const { log } of this.shards.values()) bytes += log.bytes;
    return bytes;
  }

  /** @throws ApiError */
  split(id: number, key: string): DevShard[] {
    const shard = this.#writable(id);
    const middle = readKey(key);
    if (middle === undefined || middle <= shard.beginKey || middle >= shard.endKey) {
      throw badParameter("invalid mid hash");
    }
    shard.isReadonly = true;
    const left = this.#addShard({ beginKey: shard.beginKey, endKey: middle }, [id]);
    return [shard, left, this.#addShard({ beginKey: middle, endKey: shard.endKey }, [id])];
  }

  /** @throws ApiError */
  merge(id: number): DevShard[] {
    const left = this.#writable(id);
    const right = [...this.shards.values()].find(
      ({ isReadonly, beginKey }) => !isReadonly && beginKey === left.endKey,
    );
    if (right === undefined) throw badParameter("can not merge the last shard");
    left.isReadonly = right.isReadonly = true;
    const range = { beginKey: left.beginKey, endKey: right.endKey };
    return [this.#addShard(range, [left.id, right.id]), left, right];
  }

  /** @throws ApiError */
  removeShard(id: number): void {
    if (!this.shard(id).isReadonly) throw badParameter("the shard is not readonly");
    this.shards.delete(id);
  }

  /** The number that a cursor of a shard points at. @throws ApiError when it was trimmed, or is of another shard */
  readCursor({ log }: DevShard, cursor: string): bigint {
    const sequence = sequenceOf(cursor);
    if (sequence === undefined) throw badParameter(`Invalid cursor ${cursor}`);
    if (sequence < log.first || sequence > log.end) {
      throw new ApiError(400, "InvalidCursor", `cursor ${cursor} is not in this shard`);
    }
    return sequence;
  }

  /** The cursor of `begin`, `end` or a second. @throws ApiError */
  cursor({ log }: DevShard, from: string): string {
    if (from === "begin") return cursorAt(log.first);
    if (from === "end") return cursorAt(log.end);
    if (!/^\d{1,12}$/.test(from)) throw badParameter(`Invalid from ${from}`);
    return cursorAt(log.receivedFrom(Number(from)));
  }

  #addShard(range: KeyRange, parents: readonly number[]): DevShard {
    if (this.shards.size >= SHARDS_MAX) throw new ApiError(400, "ExceedQuota", "too many shards");
    const { now, quotas } = this.rules;
    const id = this.#nextShard++;
    // As in the service: nanoseconds of the birth, and no two shards alike.
    const first = BigInt(Math.floor(now())) * NANOS_PER_SECOND + BigInt(id) * 1_000_003n;
    const shard: DevShard = {
      ...range,
      id,
      parents,
      createdAt: Math.floor(now()),
      log: new ShardLog(first),
      reads: new Quota(quotas.readsPerSecond),
      writes: new Quota(quotas.writesPerSecond),
      isReadonly: false,
    };
    this.shards.set(id, shard);
    return shard;
  }

  #writable(id: number): DevShard {
    const shard = this.shards.get(id);
    if (shard === undefined || shard.isReadonly) throw badParameter("invalid shard id");
    return shard;
  }

  #nextWritable(): DevShard {
    const writable = [...this.shards.values()].filter(({ isReadonly }) => !isReadonly);
    const shard = writable[this.#nextPut++ % writable.length];
    if (shard === undefined) throw new ApiError(400, "LogStoreWithoutShard", "the logstore has no shard");
    return shard;
  }

  #shardOf(key: string): DevShard {
    const full = readKey(key);
    if (full === undefined) throw new ApiError(400, "InvalidKey", `invalid key ${key}`);
    for (const shard of this.shards.values()) {
      if (!shard.isReadonly && holdsKey(shard, full)) return shard;
    }
    throw new ApiError(400, "LogStoreWithoutShard", "no shard holds the key");
  }

  #oldest(): DevShard | undefined {
    let oldest: DevShard | undefined;
    let oldestAt = Infinity;
    for (const shard of this.shards.values()) {
      const receivedAt = shard.log.at(shard.log.first)?.receivedAt ?? Infinity;
      if (receivedAt < oldestAt) [oldest, oldestAt] = [shard, receivedAt];
    }
    return oldest;
  }

  /** Retention by age. */
  #forgetOld(): void {
    const before = this.rules.now() - this.rules.ttlDays * 86_400;
    for (const { log } of this.shards.values()) {
      while (log.size > 0 && (log.at(log.first)?.receivedAt ?? Infinity) < before) log.dropOldest(1);
    }
  }
}
