import { groupHead } from "../../../runtime/sls/encode-log-group.ts";
import { cursorAt } from "../../../runtime/sls/sls-cursor.ts";
import { badParameter } from "./api-error.ts";
import type { DevAnswer, DevCall } from "./dev-call.ts";
import type { DevLogstore, DevShard } from "./dev-logstore.ts";
import { packBody } from "./packed-body.ts";

const GROUPS_MAX = 1000;

/** Answers a pull: at least one group if there is one, and not many more bytes than `bytesMax`. @throws ApiError */
export function pullAnswer(
  logstore: DevLogstore,
  shard: DevShard,
  call: DevCall,
  bytesMax: number,
): DevAnswer {
  const { query, headers } = call;
  if (query.has("query") || query.has("processor")) throw badParameter("this server has no SPL");
  const count = Number(query.get("count"));
  if (!(Number.isInteger(count) && count > 0 && count <= GROUPS_MAX)) {
    throw badParameter(`count ${query.get("count")} is not within (0,${GROUPS_MAX}]`);
  }
  const from = logstore.readCursor(shard, query.get("cursor") ?? "");
  const endCursor = query.get("end_cursor");
  const limit = endCursor === undefined ? shard.log.end : logstore.readCursor(shard, endCursor);
  const { parts, next } = gather(shard, { from, limit, count, bytesMax });
  const raw = Buffer.concat(parts);
  const { body, type } = packBody(raw, String(headers["accept-encoding"] ?? ""));
  const groups = next - from;
  return {
    status: 200,
    headers: {
      "content-type": "application/x-protobuf",
      "x-log-cursor": cursorAt(next),
      "x-log-count": String(groups),
      "x-log-bodyrawsize": String(raw.length),
      ...(type === undefined ? {} : { "x-log-compresstype": type }),
      ...(groups === 0n ? {} : { "x-log-read-last-cursor": String(next - 1n) }),
      "x-log-cursor-time": String(receivedAt(logstore, shard, next)),
      ...(next === shard.log.end ? { "x-log-end-of-cursor": "1" } : {}),
    },
    body,
  };
}

/** When the group at a position was received, in seconds; now for the end. */
export function receivedAt(logstore: DevLogstore, { log }: DevShard, sequence: bigint): number {
  return Math.floor(log.at(sequence)?.receivedAt ?? logstore.rules.now());
}

interface Stretch {
  readonly from: bigint;
  readonly limit: bigint;
  readonly count: number;
  readonly bytesMax: number;
}

function gather({ log }: DevShard, { from, limit, count, bytesMax }: Stretch) {
  const parts: Uint8Array[] = [];
  let next = from;
  for (let bytes = 0; next < limit && Number(next - from) < count && bytes < bytesMax; next++) {
    const group = log.at(next)?.bytes ?? new Uint8Array();
    parts.push(groupHead(group.length), group);
    bytes += group.length;
  }
  return { parts, next };
}
