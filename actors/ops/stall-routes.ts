import {
  LIST_LIMIT,
  QuarantineActFields,
  QuarantineFields,
  QuarantineVerdictFields,
  StallsFields,
  StallsQueryFields,
} from "../../protocols/ops.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import { readableName } from "../../runtime/actor/actor-name.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import type { Quarantined } from "../../runtime/kernel/quarantine.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import { QueryReader } from "./query-reader.ts";

/** Where stalls are read and quarantined messages decided about. */
export type StallSource = Pick<ActorSystem, "stalls" | "zombies" | "quarantine" | "replay">;

/** Who fell silent, what was put aside because of it, and what becomes of that. */
export function stallRoutes(source: StallSource): Route[] {
  return [
    route("/v1/stalls", {
      onRequest: {
        GET: operation({
          summary:
            "Actors that made no progress in their time, newest first, and turns that were given up and go on",
          query: StallsQueryFields,
          answers: { 200: StallsFields, 400: RefusalFields },
          handle: (request) => answerStalls(source, request),
        }),
      },
    }),
    route("/v1/quarantine", {
      onRequest: {
        GET: operation({
          summary: "Messages that stalled their actor again and again, newest first, without their content",
          answers: { 200: QuarantineFields },
          handle: () => answerQuarantine(source),
        }),
        POST: operation({
          summary: "Replays a quarantined message to its actor, or drops it",
          body: QuarantineActFields,
          answers: { 200: QuarantineVerdictFields, 404: RefusalFields, 409: RefusalFields },
          audited: ({ act, id }) => ({ act, target: `quarantined message ${id}` }),
          handle: ({ body }) => (body.act === "replay" ? replay(source, body.id) : drop(source, body.id)),
        }),
      },
    }),
  ];
}

function answerStalls({ stalls, zombies }: StallSource, { query }: RouteRequest): RouteResponse {
  const reader = new QueryReader(query, Object.keys(StallsQueryFields));
  const limit = reader.whole("limit", LIST_LIMIT);
  if (reader.refusal !== undefined) return reader.refusal;
  return {
    status: 200,
    body: { total: stalls.total, recent: stalls.recent(limit), zombies: zombies.byType() },
  };
}

function answerQuarantine({ quarantine }: StallSource): RouteResponse {
  const messages = quarantine.entries().map(withoutContent);
  return { status: 200, body: { total: messages.length, evicted: quarantine.evicted, messages } };
}

/** What of a quarantined message may be shown: all but its content. */
export function withoutContent({ message: _content, ...entry }: Quarantined): Omit<Quarantined, "message"> {
  return entry;
}

function replay(source: StallSource, id: number): RouteResponse {
  const held = source.quarantine.get(id);
  if (held === undefined) return notHeld(id);
  const verdict = source.replay(held);
  if (verdict === "accepted") return { status: 200, body: { id, became: "replayed" } };
  const path = readableName(held.path);
  const text = verdict === "busy" ? `the mailbox of ${path} is full` : `there is no actor at ${path}`;
  return { status: 409, body: { code: verdict === "busy" ? "mailboxFull" : "actorGone", text } };
}

function drop({ quarantine }: StallSource, id: number): RouteResponse {
  return quarantine.drop(id) ? { status: 200, body: { id, became: "dropped" } } : notHeld(id);
}

function notHeld(id: number): RouteResponse {
  return {
    status: 404,
    body: { code: "notQuarantined", field: "/id", text: `no message ${id} is quarantined` },
  };
}
