import { cursorAt, sequenceOf } from "../../../runtime/sls/sls-cursor.ts";
import { ApiError, badParameter } from "./api-error.ts";
import { ConsumerGroup } from "./consumer-group.ts";
import type { GroupShard } from "./consumer-group.ts";
import { empty, json } from "./dev-call.ts";
import type { DevAnswer, DevCall } from "./dev-call.ts";
import type { DevLogstore } from "./dev-logstore.ts";
import { readBodyOf, readJsonOf } from "./json-body.ts";

const GROUPS_MAX = 30;

/** Making, listing, changing and removing consumer groups. @throws ApiError */
export function groupCall(logstore: DevLogstore, call: DevCall): DevAnswer {
  if (call.verb === "GET") return json([...logstore.groups].map(([name, { rules }]) => ({ name, ...rules })));
  if (call.verb === "POST") return createGroup(logstore, call);
  const [name, group] = groupOf(logstore, call);
  if (call.verb === "DELETE") logstore.groups.delete(name);
  else change(group, call);
  return empty();
}

/** HeartBeat: both the question and the answer are bare lists of shards. @throws ApiError */
export function heartbeatCall(logstore: DevLogstore, call: DevCall): DevAnswer {
  const [, group] = groupOf(logstore, call);
  const held = readJsonOf(call);
  if (!Array.isArray(held) || !held.every((id) => Number.isInteger(id))) {
    throw badParameter("a list of shards");
  }
  return json(
    group.heartbeat(consumerOf(call) ?? "", held as number[], shardsOf(logstore), logstore.rules.steadyMs()),
  );
}

/** UpdateCheckPoint. @throws ApiError */
export function commitCall(logstore: DevLogstore, call: DevCall): DevAnswer {
  const [, group] = groupOf(logstore, call);
  const { shard, checkpoint } = readBodyOf(call);
  if (typeof shard !== "number") throw badParameter("shard");
  if (typeof checkpoint !== "string" || sequenceOf(checkpoint) === undefined) {
    throw new ApiError(400, "InvalidShardCheckPoint", "the checkpoint is no cursor");
  }
  const isForced = call.query.get("forceSuccess")?.toLowerCase() === "true";
  const commit = {
    shard,
    cursor: cursorAt(sequenceOf(checkpoint) ?? 0n),
    consumer: consumerOf(call),
    isForced,
  };
  group.commit(commit, shardsOf(logstore), logstore.rules.steadyMs());
  return empty();
}

/** GetCheckPoint: an unknown shard is an empty list. @throws ApiError */
export function checkpointsCall(logstore: DevLogstore, call: DevCall): DevAnswer {
  const [, group] = groupOf(logstore, call);
  const wanted = call.query.get("shard");
  const ids = [...logstore.shards.keys()].filter((id) => wanted === undefined || String(id) === wanted);
  return json(
    ids.map((shard) => {
      const { cursor = "", consumer = "", updatedAtMs = 0 } = group.checkpoint(shard) ?? {};
      return { shard, checkpoint: cursor, updateTime: updatedAtMs * 1000, consumer };
    }),
  );
}

function createGroup(logstore: DevLogstore, call: DevCall): DevAnswer {
  const { consumerGroup: name, timeout, order = false } = readBodyOf(call);
  if (typeof name !== "string" || typeof timeout !== "number" || typeof order !== "boolean") {
    throw new ApiError(400, "JsonInfoInvalid", "consumerGroup, timeout and order are expected");
  }
  if (logstore.groups.has(name)) throw new ApiError(400, "ConsumerGroupAlreadyExist", `${name} exists`);
  if (logstore.groups.size >= GROUPS_MAX) throw new ApiError(403, "ExceedQuota", "too many consumer groups");
  logstore.groups.set(name, new ConsumerGroup({ timeout, order }));
  return empty();
}

function change({ rules }: ConsumerGroup, call: DevCall): void {
  const { timeout, order } = readBodyOf(call);
  if (typeof timeout === "number") rules.timeout = timeout;
  if (typeof order === "boolean") rules.order = order;
}

function groupOf(logstore: DevLogstore, { parts }: DevCall): [string, ConsumerGroup] {
  const name = parts[3] ?? "";
  const group = logstore.groups.get(name);
  if (group === undefined) throw new ApiError(404, "ConsumerGroupNotExist", `${name} does not exist`);
  return [name, group];
}

function shardsOf({ shards }: DevLogstore): GroupShard[] {
  return [...shards.values()].map(({ id, parents, isReadonly, log }) => ({
    id,
    parents,
    isReadonly,
    endCursor: cursorAt(log.end),
  }));
}

function consumerOf({ query }: DevCall): string | undefined {
  return query.get("consumer");
}
