import {
  BeatsFields,
  BeatsQueryFields,
  TOP_LIMIT,
  TOP_SORTS,
  TopFields,
  TopQueryFields,
} from "../../protocols/ops-looks.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import { busyMsOf, highest, leftMsOf } from "../../runtime/kernel/ranking.ts";
import type { Cell } from "../../runtime/kernel/cell.ts";
import { describeTree } from "../../runtime/kernel/tree-node.ts";
import { waitingAt } from "../../runtime/kernel/waiting.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import type { HealthSource } from "./health-routes.ts";
import { QueryReader } from "./query-reader.ts";

/** Where is looked for those who stand out. */
export type LookSource = Pick<ActorSystem, "root" | "actorCount" | "zombies" | "quarantine" | "stalls">;
type Sort = (typeof TOP_SORTS)[number];

/** What makes an actor stand out; whoever has nothing of it is left out. */
const MEASURES: Readonly<Record<Sort, (cell: Cell) => number | undefined>> = {
  mailboxAge: (cell) => unlessNone(waitingAt(cell).oldestAgeMs, waitingAt(cell).depth),
  mailbox: (cell) => unlessNone(waitingAt(cell).depth),
  busy: busyMsOf,
  restarts: ({ restarts }) => unlessNone(restarts),
};

/** The actors that stand out, and those whose time is running out. */
export function lookRoutes(source: LookSource, health: HealthSource): Route[] {
  return [
    route("/v1/top", {
      onRequest: {
        GET: operation({
          summary:
            "The actors that stand out: by age of their mail, by what waits, by busy time, or by restarts",
          query: TopQueryFields,
          answers: { 200: TopFields, 400: RefusalFields },
          handle: (request) => answerTop(source, health, request),
        }),
      },
    }),
    route("/v1/beats", {
      onRequest: {
        GET: operation({
          summary: "The actors that owe a sign of life, who has the least time left first",
          query: BeatsQueryFields,
          answers: { 200: BeatsFields, 400: RefusalFields },
          handle: (request) => answerBeats(source, request),
        }),
      },
    }),
  ];
}

function answerTop(source: LookSource, health: HealthSource, { query }: RouteRequest): RouteResponse {
  const reader = new QueryReader(query, Object.keys(TopQueryFields));
  const limit = reader.whole("limit", TOP_LIMIT);
  const sort = sortOf(reader);
  if (reader.refusal !== undefined) return reader.refusal;
  const body = {
    node: health.node,
    status: health.status(),
    uptimeMs: Math.round(health.uptimeMs()),
    actors: source.actorCount,
    zombies: source.zombies.count,
    quarantined: source.quarantine.size,
    stalls: source.stalls.total,
    sort,
    top: highest(source.root, MEASURES[sort], limit).map(shown),
  };
  return { status: 200, body };
}

function sortOf(reader: QueryReader): Sort {
  const [otherwise] = TOP_SORTS;
  const wanted = reader.text("sort") ?? otherwise;
  const sort = TOP_SORTS.find((known) => known === wanted);
  if (sort === undefined) reader.refuse("sort", `is not known; known: ${TOP_SORTS.join(", ")}`);
  return sort ?? otherwise;
}

function answerBeats({ root }: LookSource, { query }: RouteRequest): RouteResponse {
  const reader = new QueryReader(query, Object.keys(BeatsQueryFields));
  const limit = reader.whole("limit", TOP_LIMIT);
  if (reader.refusal !== undefined) return reader.refusal;
  let total = 0;
  const urgency = (cell: Cell): number | undefined => {
    const leftMs = leftMsOf(cell);
    if (leftMs === undefined) return undefined;
    total++;
    return -leftMs;
  };
  const beats = highest(root, urgency, limit).map(shown);
  return { status: 200, body: { total, beats } };
}

function shown(cell: Cell): unknown {
  return describeTree(cell, { depth: 0 });
}

function unlessNone(value: number, count = value): number | undefined {
  return count === 0 ? undefined : value;
}
