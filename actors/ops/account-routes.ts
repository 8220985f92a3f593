import {
  ConnectionsFields,
  ConnectionsQueryFields,
  DeadLettersFields,
  DeadLettersQueryFields,
  LIST_LIMIT,
} from "../../protocols/ops.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import { QueryReader } from "./query-reader.ts";

/** Under this path each listener has an actor, and below it each of its connections. */
const GATEWAY_PATH = "/gateway";

/** Where the accounts are read. */
export type AccountSource = Pick<ActorSystem, "describe" | "deadLetters">;

/** What could not be delivered, and who is connected. */
export function accountRoutes(source: AccountSource): Route[] {
  return [
    route("/v1/dead-letters", {
      onRequest: {
        GET: operation({
          summary:
            "Messages that could not be delivered or handled, newest first, and their counts by reason",
          query: DeadLettersQueryFields,
          answers: { 200: DeadLettersFields, 400: RefusalFields },
          handle: (request) => answerDeadLetters(source, request),
        }),
      },
    }),
    route("/v1/connections", {
      onRequest: {
        GET: operation({
          summary: "The connections of the gateway, or of one listener, with their bytes, drops and buffers",
          query: ConnectionsQueryFields,
          answers: { 200: ConnectionsFields, 400: RefusalFields, 404: RefusalFields },
          handle: (request) => answerConnections(source, request),
        }),
      },
    }),
  ];
}

function answerDeadLetters({ deadLetters }: AccountSource, { query }: RouteRequest): RouteResponse {
  const reader = new QueryReader(query, Object.keys(DeadLettersQueryFields));
  const limit = reader.whole("limit", LIST_LIMIT);
  if (reader.refusal !== undefined) return reader.refusal;
  const counts = Object.fromEntries(deadLetters.counts);
  const total = [...deadLetters.counts.values()].reduce((sum, count) => sum + count, 0);
  return { status: 200, body: { total, counts, recent: deadLetters.recent(limit) } };
}

function answerConnections(source: AccountSource, { query }: RouteRequest): RouteResponse {
  const reader = new QueryReader(query, Object.keys(ConnectionsQueryFields));
  const wanted = reader.text("listener");
  const limit = reader.whole("limit", LIST_LIMIT);
  if (reader.refusal !== undefined) return reader.refusal;
  const listeners = source.describe({ path: GATEWAY_PATH, depth: 2 })?.children ?? [];
  const chosen = listeners.filter(({ name }) => wanted === undefined || name === wanted);
  if (wanted !== undefined && chosen.length === 0) {
    const text = `no listener is called ${wanted}; there are ${listeners.map(({ name }) => name).join(", ")}`;
    return { status: 404, body: { code: "unknownListener", field: "listener", text } };
  }
  const connections = chosen.flatMap(({ name: listener, children }) =>
    (children ?? []).map(({ name: id, path, uptimeMs, details }) => ({
      listener,
      id,
      path,
      uptimeMs,
      ...(details === undefined ? {} : { details }),
    })),
  );
  return { status: 200, body: { total: connections.length, connections: connections.slice(0, limit) } };
}
