import { listOf, numberOf, textOf } from "./json-answer.ts";
import type { Json } from "./json-answer.ts";
import type { SlsCall, SlsClient } from "./sls-client.ts";
import type { Cursor } from "./sls-cursor.ts";

/** How a consumer group shares its shards out. */
export interface ConsumerGroupRules {
  /** After so long without a heartbeat a consumer loses its shards, in seconds. */
  readonly timeoutSeconds: number;
  /** Whether the children of a shard wait until it has been read to its end. */
  readonly isOrdered: boolean;
}

/** A consumer group of a list. */
export interface ConsumerGroupEntry extends ConsumerGroupRules {
  readonly name: string;
}

/** How far a shard was read, as the service knows it. */
export interface Checkpoint {
  readonly shard: number;
  /** Missing when nothing was ever committed. */
  readonly cursor: Cursor | undefined;
  readonly updatedAtMs: number;
  readonly consumer: string;
}

/** Who commits: a consumer, only while it holds the shard, or anybody by force. */
export type Committer = { readonly consumer: string } | "byForce";

/** Lists the consumer groups of a logstore. @throws SlsError */
export async function listConsumerGroups(
  client: SlsClient,
  logstore: string,
  signal?: AbortSignal,
): Promise<ConsumerGroupEntry[]> {
  return client.json({ verb: "GET", path: groupsPath(logstore) }, (json) => listOf(json, readEntry), signal);
}

/** A consumer group: the service shares the shards of a logstore out among those that send heartbeats. Every call may reject with SlsError. */
export class SlsConsumerGroup {
  readonly #client: SlsClient;
  readonly #logstore: string;
  readonly #name: string;

  constructor(client: SlsClient, logstore: string, name: string) {
    this.#client = client;
    this.#logstore = logstore;
    this.#name = name;
  }

  async create({ timeoutSeconds, isOrdered }: ConsumerGroupRules, signal?: AbortSignal): Promise<void> {
    const body = jsonBody({ consumerGroup: this.#name, timeout: timeoutSeconds, order: isOrdered });
    await this.#client.call({ verb: "POST", path: groupsPath(this.#logstore), body }, signal);
  }

  async update(rules: Partial<ConsumerGroupRules>, signal?: AbortSignal): Promise<void> {
    const body = jsonBody({ timeout: rules.timeoutSeconds, order: rules.isOrdered });
    await this.#client.call({ verb: "PUT", path: this.#path(), body }, signal);
  }

  async remove(signal?: AbortSignal): Promise<void> {
    await this.#client.call({ verb: "DELETE", path: this.#path() }, signal);
  }

  /** Says which shards a consumer holds, and hears which it shall hold. What is not in the answer any more: commit, stop, then leave it out. */
  async heartbeat(consumer: string, shards: readonly number[], signal?: AbortSignal): Promise<number[]> {
    const query = { type: "heartbeat", consumer };
    const call: SlsCall = { verb: "POST", path: this.#path(), query, body: jsonBody(shards) };
    return this.#client.json(call, readShardIds, signal);
  }

  /** Stores how far a shard was read. A readonly shard that is committed at its end is over. */
  async commit(shard: number, cursor: Cursor, by: Committer, signal?: AbortSignal): Promise<void> {
    const who = by === "byForce" ? { forceSuccess: "true" } : { ...by, forceSuccess: "false" };
    const body = jsonBody({ shard, checkpoint: cursor });
    await this.#client.call(
      { verb: "POST", path: this.#path(), query: { type: "checkpoint", ...who }, body },
      signal,
    );
  }

  /** How far the shards were read: all of them, or one. */
  async checkpoints(shard?: number, signal?: AbortSignal): Promise<Checkpoint[]> {
    const query = shard === undefined ? {} : { shard: String(shard) };
    const call: SlsCall = { verb: "GET", path: this.#path(), query };
    return this.#client.json(call, (json) => listOf(json, readCheckpoint), signal);
  }

  #path(): string {
    return `${groupsPath(this.#logstore)}/${encodeURIComponent(this.#name)}`;
  }
}

function groupsPath(logstore: string): string {
  return `/logstores/${encodeURIComponent(logstore)}/consumergroups`;
}

/** What is undefined is left out. */
function jsonBody(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function readEntry(json: Json): ConsumerGroupEntry | undefined {
  const [name, timeoutSeconds] = [textOf(json, "name"), numberOf(json, "timeout")];
  if (name === undefined || timeoutSeconds === undefined) return undefined;
  return { name, timeoutSeconds, isOrdered: json["order"] === true };
}

function readShardIds(json: unknown): number[] | undefined {
  const isList = Array.isArray(json) && json.every((id) => Number.isInteger(id));
  return isList ? (json as number[]) : undefined;
}

function readCheckpoint(json: Json): Checkpoint | undefined {
  const shard = numberOf(json, "shard");
  if (shard === undefined) return undefined;
  const cursor = textOf(json, "checkpoint") ?? "";
  return {
    shard,
    cursor: cursor === "" ? undefined : cursor,
    updatedAtMs: (numberOf(json, "updateTime") ?? 0) / 1000,
    consumer: textOf(json, "consumer") ?? "",
  };
}
