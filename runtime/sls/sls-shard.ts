import { numberOf, textOf } from "./json-answer.ts";
import type { Json } from "./json-answer.ts";

/** One shard of a logstore: the log groups whose hash lies in its range, from its beginning up to before its end. */
export interface SlsShard {
  readonly id: number;
  /** A shard that was split or merged is read to its end and then goes away. */
  readonly isReadonly: boolean;
  /** 32 hex digits. */
  readonly beginKey: string;
  readonly endKey: string;
  /** In seconds since 1970. */
  readonly createdAt: number;
}

/** Reads one shard of a list. Pure. */
export function readShard(json: Json): SlsShard | undefined {
  const id = numberOf(json, "shardID");
  const beginKey = textOf(json, "inclusiveBeginKey")?.toLowerCase();
  const endKey = textOf(json, "exclusiveEndKey")?.toLowerCase();
  if (id === undefined || beginKey === undefined || endKey === undefined) return undefined;
  const isReadonly = textOf(json, "status")?.toLowerCase() === "readonly";
  return { id, isReadonly, beginKey, endKey, createdAt: numberOf(json, "createTime") ?? 0 };
}

/**
 * The shards that a shard has come out of, as far as they still exist. The service does not say it: a child's range lies
 * in its parents' or over them, they are readonly, and it is not older. Pure.
 */
export function parentsOf(shard: SlsShard, all: readonly SlsShard[]): SlsShard[] {
  const older = all.filter((other) => isBefore(other, shard) && other.isReadonly && overlap(other, shard));
  // Whose range was taken over by another of them is a grandparent.
  return older.filter((parent) => !older.some((other) => other.id > parent.id && overlap(other, parent)));
}

/** Ids grow, also where two shards are of the same second. */
function isBefore(one: SlsShard, other: SlsShard): boolean {
  return one.id < other.id && one.createdAt <= other.createdAt;
}

function overlap(one: SlsShard, other: SlsShard): boolean {
  return one.beginKey < other.endKey && other.beginKey < one.endKey;
}
