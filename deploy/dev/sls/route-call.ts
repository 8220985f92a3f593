import type { CallName } from "./faults.ts";
import type { DevCall } from "./dev-call.ts";

/** Which call of the service it is; undefined for none that is known here. Pure. */
export function nameOf({
  verb,
  parts,
  query,
}: Pick<DevCall, "verb" | "parts" | "query">): CallName | undefined {
  const [root, , kind, id] = parts;
  if (root === "") return "project";
  if (root !== "logstores") return undefined;
  if (parts.length === 2 && verb === "POST") return "put";
  if (parts.length <= 2) return "logstore";
  if (kind === "shards") return id === undefined ? "listShards" : shardCall(verb, id, query.get("type"));
  return kind === "consumergroups" ? groupCall(verb, id, query.get("type")) : undefined;
}

function shardCall(verb: string, id: string, type: string | undefined): CallName | undefined {
  if (verb === "POST") return id === "lb" || id === "route" ? "put" : "changeShard";
  if (verb === "DELETE") return "changeShard";
  if (type === "cursor") return "cursor";
  if (type === "cursor_time") return "cursorTime";
  return type === "log" || type === "logs" ? "pull" : undefined;
}

function groupCall(verb: string, id: string | undefined, type: string | undefined): CallName | undefined {
  if (id === undefined) return "group";
  if (verb === "POST" && type === "heartbeat") return "heartbeat";
  if (verb === "POST" && type === "checkpoint") return "commit";
  if (verb === "POST") return undefined;
  return verb === "GET" ? "checkpoints" : "group";
}
