import { ApiError } from "./api-error.ts";
import type { DevAnswer, DevCall } from "./dev-call.ts";
import type { DevLogstore } from "./dev-logstore.ts";
import type { DevStore } from "./dev-store.ts";
import type { CallName } from "./faults.ts";
import { checkpointsCall, commitCall, groupCall, heartbeatCall } from "./group-calls.ts";
import { createLogstoreCall, logstoreCall, projectCall } from "./project-calls.ts";
import { pullAnswer } from "./pull-answer.ts";
import { changeShardCall, cursorCall, cursorTimeCall, listShardsCall, putCall } from "./shard-calls.ts";

/** A call that was let in, with its name and where it leads. */
export interface NamedCall {
  readonly name: CallName;
  readonly call: DevCall;
}

type LogstoreCall = (logstore: DevLogstore, call: DevCall) => DevAnswer;

const LOGSTORE_CALLS: Partial<Record<CallName, LogstoreCall>> = {
  put: putCall,
  listShards: listShardsCall,
  changeShard: changeShardCall,
  cursor: cursorCall,
  cursorTime: cursorTimeCall,
  group: groupCall,
  heartbeat: heartbeatCall,
  commit: commitCall,
  checkpoints: checkpointsCall,
};

/** Carries a call out. @throws ApiError */
export function answerCall(store: DevStore, { name, call }: NamedCall, pullBytesMax: number): DevAnswer {
  if (name === "project") return projectCall(store, call);
  if (name === "logstore") {
    return call.verb === "POST" ? createLogstoreCall(store, call) : logstoreCall(store, call);
  }
  const logstore = store.logstore(call.project, call.parts[1] ?? "");
  const carryOut = LOGSTORE_CALLS[name];
  return carryOut === undefined ? pullCall(logstore, call, pullBytesMax) : carryOut(logstore, call);
}

function pullCall(logstore: DevLogstore, call: DevCall, pullBytesMax: number): DevAnswer {
  const shard = logstore.shard(Number(call.parts[3]));
  if (!shard.reads.take(logstore.rules.now())) {
    throw new ApiError(403, "ShardReadQuotaExceed", "Read QPS Exceed");
  }
  return pullAnswer(logstore, shard, call, pullBytesMax);
}
