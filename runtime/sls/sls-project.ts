import { isJson, listOf, textOf } from "./json-answer.ts";
import type { SlsCall, SlsClient } from "./sls-client.ts";

/** One page of a list of the service. */
export interface SlsPage {
  readonly offset: number;
  /** At most 500. */
  readonly size: number;
}

/** How a logstore is made. */
export interface LogstorePlan {
  readonly name: string;
  /** For how many days it keeps what it has. */
  readonly ttlDays: number;
  readonly shards: number;
}

/** Lists the projects that the key may see. @throws SlsError */
export async function listProjects(
  client: SlsClient,
  page: SlsPage,
  signal?: AbortSignal,
): Promise<string[]> {
  const call: SlsCall = { verb: "GET", path: "/", query: queryOf(page), isOfEndpoint: true };
  const readName = (json: unknown): string[] | undefined =>
    isJson(json) ? listOf(json["projects"], (item) => textOf(item, "projectName")) : undefined;
  return client.json(call, readName, signal);
}

/** Lists the logstores of the client's project. @throws SlsError */
export async function listLogstores(
  client: SlsClient,
  page: SlsPage,
  signal?: AbortSignal,
): Promise<string[]> {
  const call: SlsCall = { verb: "GET", path: "/logstores", query: queryOf(page) };
  return client.json(call, (json) => textsOf(isJson(json) ? json["logstores"] : undefined), signal);
}

/** Makes a logstore. @throws SlsError */
export async function createLogstore(
  client: SlsClient,
  plan: LogstorePlan,
  signal?: AbortSignal,
): Promise<void> {
  const { name, ttlDays, shards } = plan;
  const body = Buffer.from(JSON.stringify({ logstoreName: name, ttl: ttlDays, shardCount: shards }));
  await client.call({ verb: "POST", path: "/logstores", body }, signal);
}

function queryOf({ offset, size }: SlsPage): Record<string, string> {
  return { offset: String(offset), size: String(size) };
}

function textsOf(json: unknown): string[] | undefined {
  const isList = Array.isArray(json) && json.every((item) => typeof item === "string");
  return isList ? json : undefined;
}
