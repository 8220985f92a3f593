import { badParameter } from "./api-error.ts";
import { empty, json } from "./dev-call.ts";
import type { DevAnswer, DevCall } from "./dev-call.ts";
import type { DevLogstore } from "./dev-logstore.ts";
import type { DevStore } from "./dev-store.ts";
import { readBodyOf } from "./json-body.ts";

const TTL_DAYS = 30;
const SHARDS_AT_CREATION_MAX = 100;
const PAGE_SIZE = 100;

/** ListProject at the endpoint, GetProject at a project. @throws ApiError */
export function projectCall(store: DevStore, { project, query }: DevCall): DevAnswer {
  if (project !== undefined) {
    store.logstores(project);
    return json(projectFacts(project));
  }
  const fuzzy = query.get("projectName") ?? "";
  const all = store.projects().filter((name) => name.includes(fuzzy));
  const page = pageOf(all, query);
  return json({ count: page.length, total: all.length, projects: page.map(projectFacts) });
}

/** Making, listing, showing and removing logstores. @throws ApiError */
export function logstoreCall(store: DevStore, call: DevCall): DevAnswer {
  const { verb, project, parts, query } = call;
  const name = parts[1];
  if (name === undefined) return json(listed([...store.logstores(project).keys()], query));
  if (verb === "DELETE") store.removeLogstore(project, name);
  if (verb !== "GET") return empty();
  return json(logstoreFacts(store.logstore(project, name)));
}

/** CreateLogStore. @throws ApiError */
export function createLogstoreCall(store: DevStore, call: DevCall): DevAnswer {
  const body = readBodyOf(call);
  const { logstoreName, ttl = TTL_DAYS, shardCount = 2 } = body;
  if (typeof logstoreName !== "string" || typeof ttl !== "number") throw badParameter("logstoreName and ttl");
  if (typeof shardCount !== "number" || shardCount < 1 || shardCount > SHARDS_AT_CREATION_MAX) {
    throw badParameter(`shardCount is 1 to ${SHARDS_AT_CREATION_MAX}`);
  }
  store.createLogstore(call.project, logstoreName, { shards: shardCount, ttlDays: ttl });
  return empty();
}

function listed(all: readonly string[], query: ReadonlyMap<string, string>) {
  const fuzzy = query.get("logstoreName") ?? "";
  const found = all.filter((name) => name.includes(fuzzy));
  const page = pageOf(found, query);
  return { count: page.length, total: found.length, logstores: page };
}

function pageOf<T>(all: readonly T[], query: ReadonlyMap<string, string>): T[] {
  const offset = numberOr(query.get("offset"), 0);
  return all.slice(offset, offset + numberOr(query.get("size"), PAGE_SIZE));
}

/** The official package sends parameters that it was not given, with nothing in them. */
function numberOr(text: string | undefined, other: number): number {
  return text === undefined || text === "" ? other : Number(text);
}

function projectFacts(projectName: string) {
  return { projectName, description: "", status: "Normal", region: "dev", owner: "" };
}

function logstoreFacts({ rules, shards, createdAt }: DevLogstore) {
  return { logstoreName: rules.name, ttl: rules.ttlDays, shardCount: shards.size, createTime: createdAt };
}
