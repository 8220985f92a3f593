import { WhyFields, WhyQueryFields } from "../../protocols/ops-looks.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import { nowhere } from "./nowhere.ts";
import { QueryReader } from "./query-reader.ts";
import { withoutContent } from "./stall-routes.ts";

/** Entries of each kind that one answer shows. */
const ENTRIES_MAX = 20;

/** Where is read what went wrong with an actor. */
export type WhySource = Pick<ActorSystem, "why" | "describe" | "quarantine" | "deadLetters">;

/** Everything that is known about what went wrong with one actor. */
export function whyRoutes(source: WhySource): Route[] {
  return [
    route("/v1/why", {
      onRequest: {
        GET: operation({
          summary:
            "What went wrong with an actor: failures, stalls, strikes, what was put aside or lost, and what is forgiven",
          query: WhyQueryFields,
          answers: { 200: WhyFields, 400: RefusalFields, 404: RefusalFields },
          handle: (request) => answerWhy(source, request),
        }),
      },
    }),
  ];
}

function answerWhy(source: WhySource, { query }: RouteRequest): RouteResponse {
  const reader = new QueryReader(query, Object.keys(WhyQueryFields));
  const path = reader.text("path");
  if (path === undefined) reader.refuse("path", "is missing; give the path of an actor, such as /rooms");
  if (reader.refusal !== undefined) return reader.refusal;
  const why = source.why(path ?? "/");
  if (why === undefined) return nowhere(source, path ?? "/");
  const quarantined = source.quarantine
    .entries()
    .filter((held) => held.path === why.actor.path)
    .slice(0, ENTRIES_MAX)
    .map(withoutContent);
  return {
    status: 200,
    body: { ...why, quarantined, deadLetters: deadLettersOf(source, why.actor.path) },
  };
}

/** The dead letters of an actor, also those of earlier spawns at its path. */
function deadLettersOf({ deadLetters }: WhySource, path: string): unknown[] {
  return deadLetters
    .recent()
    .filter(({ to }) => to === path || to.startsWith(`${path}#`))
    .slice(0, ENTRIES_MAX)
    .map(({ atMs, kind, reason }) => ({ atMs, kind, reason }));
}
