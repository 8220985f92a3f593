import type { BytePool } from "./byte-pool.ts";
import { listOf, numberOf, textOf } from "./json-answer.ts";
import { packLz4 } from "./lz4-pack.ts";
import { readPull, UnfitPull } from "./read-pull.ts";
import type { Pull } from "./read-pull.ts";
import type { SlsCall, SlsClient } from "./sls-client.ts";
import type { Cursor } from "./sls-cursor.ts";
import { readShard } from "./sls-shard.ts";
import type { SlsShard } from "./sls-shard.ts";

/** Where in a shard: at its oldest group, behind its newest, or at the first that was received at a time (ms since 1970) or later. */
export type ShardPosition = "begin" | "end" | { readonly receivedAtMs: number };

/** What to pull. */
export interface PullWish {
  readonly cursor: Cursor;
  /** How many log groups at most, 1 to 1,000. */
  readonly count: number;
  /** Where to stop: this group is not pulled. */
  readonly endCursor?: Cursor | undefined;
  /** What the service does to each group first, in its own language (SPL). Then groups cannot be numbered. */
  readonly query?: string | undefined;
}

const PROTOBUF = "application/x-protobuf";

/** A logstore: its shards, what is read out of them and what is put in. Every call may reject with SlsError. */
export class SlsLogstore {
  readonly #client: SlsClient;
  readonly #path: string;
  readonly #pool: BytePool | undefined;

  /** @param pool has the room for what is pulled, if that is to be used again */
  constructor(client: SlsClient, name: string, pool?: BytePool) {
    this.#client = client;
    this.#pool = pool;
    this.#path = `/logstores/${encodeURIComponent(name)}`;
  }

  /** All shards, also those that are only read to their end. */
  async listShards(signal?: AbortSignal): Promise<SlsShard[]> {
    const call: SlsCall = { verb: "GET", path: `${this.#path}/shards` };
    return this.#client.json(call, (json) => listOf(json, readShard), signal);
  }

  /** Splits a shard at a key within its range; answers with the shard, now readonly, and its children. */
  async splitShard(shard: number, key: string, signal?: AbortSignal): Promise<SlsShard[]> {
    return this.#changeShard(shard, { action: "split", key }, signal);
  }

  /** Makes one shard of a shard and its neighbour to the right. */
  async mergeShards(shard: number, signal?: AbortSignal): Promise<SlsShard[]> {
    return this.#changeShard(shard, { action: "merge" }, signal);
  }

  /** Removes a readonly shard with what it holds. */
  async deleteShard(shard: number, signal?: AbortSignal): Promise<void> {
    await this.#client.call({ verb: "DELETE", path: this.#shard(shard) }, signal);
  }

  /** The cursor of a position. */
  async cursor(shard: number, position: ShardPosition, signal?: AbortSignal): Promise<Cursor> {
    const from = typeof position === "string" ? position : String(Math.floor(position.receivedAtMs / 1000));
    const call: SlsCall = { verb: "GET", path: this.#shard(shard), query: { type: "cursor", from } };
    return this.#client.json(call, (json) => textOf(json, "cursor"), signal);
  }

  /** When the group at a cursor was received, in milliseconds since 1970. */
  async cursorTimeMs(shard: number, cursor: Cursor, signal?: AbortSignal): Promise<number> {
    const call: SlsCall = { verb: "GET", path: this.#shard(shard), query: { type: "cursor_time", cursor } };
    return 1000 * (await this.#client.json(call, (json) => numberOf(json, "cursor_time"), signal));
  }

  /** Brings log groups from a cursor on. What has come is whole and checked, or the call fails. */
  async pull(shard: number, wish: PullWish, signal?: AbortSignal): Promise<Pull> {
    const { cursor, count, endCursor, query } = wish;
    const answer = await this.#client.call(
      {
        verb: "GET",
        path: this.#shard(shard),
        query: {
          type: "log",
          cursor,
          count: String(count),
          ...(endCursor === undefined ? {} : { end_cursor: endCursor }),
          ...(query === undefined ? {} : { query, pullMode: "scan_on_stream" }),
        },
        headers: { accept: PROTOBUF, "accept-encoding": "lz4" },
      },
      signal,
    );
    try {
      return readPull(answer, cursor, this.#pool);
    } catch (error) {
      if (error instanceof UnfitPull) throw this.#client.badAnswer(error.message, error);
      throw error;
    }
  }

  /** Puts a log group in Protobuf, into any shard or into the one whose range holds the key (32 hex digits). */
  async put(group: Uint8Array, key?: string, signal?: AbortSignal): Promise<void> {
    const target = key === undefined ? { path: "lb", query: {} } : { path: "route", query: { key } };
    const headers = {
      "content-type": PROTOBUF,
      "x-log-compresstype": "lz4",
      "x-log-bodyrawsize": String(group.length),
    };
    const path = `${this.#path}/shards/${target.path}`;
    await this.#client.call(
      { verb: "POST", path, query: target.query, headers, body: packLz4(group) },
      signal,
    );
  }

  #changeShard(shard: number, query: Record<string, string>, signal: AbortSignal | undefined) {
    const call: SlsCall = { verb: "POST", path: this.#shard(shard), query };
    return this.#client.json(call, (json) => listOf(json, readShard), signal);
  }

  #shard(shard: number): string {
    return `${this.#path}/shards/${shard}`;
  }
}
