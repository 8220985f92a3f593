import { badParameter } from "./api-error.ts";
import { checkGroup } from "./checked-group.ts";
import { empty, json } from "./dev-call.ts";
import type { DevAnswer, DevCall } from "./dev-call.ts";
import type { DevLogstore, DevShard } from "./dev-logstore.ts";
import { unpackBody } from "./packed-body.ts";
import { receivedAt } from "./pull-answer.ts";

/** PutLogs, in each of its three ways. @throws ApiError */
export function putCall(logstore: DevLogstore, call: DevCall): DevAnswer {
  const group = unpackBody(call);
  checkGroup(group, logstore.rules.now());
  logstore.put(group, call.parts[3] === "route" ? (call.query.get("key") ?? "") : undefined);
  return empty();
}

/** ListShards; not by id, as in the service. */
export function listShardsCall(logstore: DevLogstore): DevAnswer {
  return json([...logstore.shards.values()].toReversed().map(shardFacts));
}

/** SplitShard, MergeShards, DeleteShard. @throws ApiError */
export function changeShardCall(logstore: DevLogstore, { verb, parts, query }: DevCall): DevAnswer {
  const id = Number(parts[3]);
  if (verb === "DELETE") {
    logstore.removeShard(id);
    return empty();
  }
  const action = query.get("action");
  if (action === "split") return json(logstore.split(id, query.get("key") ?? "").map(shardFacts));
  if (action === "merge") return json(logstore.merge(id).map(shardFacts));
  throw badParameter(`action ${action}`);
}

/** GetCursor. @throws ApiError */
export function cursorCall(logstore: DevLogstore, { parts, query }: DevCall): DevAnswer {
  const shard = logstore.shard(Number(parts[3]));
  return json({ cursor: logstore.cursor(shard, query.get("from") ?? "") });
}

/** GetCursorTime. @throws ApiError */
export function cursorTimeCall(logstore: DevLogstore, { parts, query }: DevCall): DevAnswer {
  const shard = logstore.shard(Number(parts[3]));
  const sequence = logstore.readCursor(shard, query.get("cursor") ?? "");
  return json({ cursor_time: receivedAt(logstore, shard, sequence) });
}

function shardFacts({ id, isReadonly, beginKey, endKey, createdAt }: DevShard) {
  return {
    shardID: id,
    status: isReadonly ? "readonly" : "readwrite",
    inclusiveBeginKey: beginKey,
    exclusiveEndKey: endKey,
    createTime: createdAt,
  };
}
