import { WhereFields, WhereQueryFields } from "../../protocols/ops-nodes.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { ClusterSight } from "../../runtime/feature.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import { entityText, parseEntityKey, parseEntityText } from "../../runtime/persistence/entity-address.ts";
import type { EntityAddress } from "../../runtime/persistence/entity-address.ts";
import { QueryReader } from "./query-reader.ts";

const NO_ENTITY = "should be TYPE/ID, the id percent-encoded, such as live-room/final";

/** Finds entities, wherever they are. */
export function whereRoutes(cluster: ClusterSight | undefined): Route[] {
  return [
    route("/v1/where", {
      onRequest: {
        GET: operation({
          summary: "Where an entity is: which node owns it, or would get it",
          query: WhereQueryFields,
          answers: { 200: WhereFields, 400: RefusalFields },
          handle: (request) => answerWhere(cluster, request),
        }),
      },
    }),
  ];
}

async function answerWhere(
  cluster: ClusterSight | undefined,
  { query }: RouteRequest,
): Promise<RouteResponse> {
  const reader = new QueryReader(query, Object.keys(WhereQueryFields));
  const text = reader.text("entity") ?? "";
  const entity = parseEntityText(text) ?? parseEntityKey(text);
  if (entity === undefined) reader.refuse("entity", NO_ENTITY);
  if (entity === undefined || reader.refusal !== undefined) return reader.refusal ?? { status: 400 };
  const found = cluster === undefined ? { standing: "alone" } : await standingOf(cluster, entity);
  return { status: 200, body: { entity: entityText(entity), ...found } };
}

async function standingOf(cluster: ClusterSight, entity: EntityAddress): Promise<object> {
  const [whereabouts, leased] = await Promise.all([cluster.whereIs(entity), cluster.members()]);
  const members = new Map(leased.map(({ member }) => [member.incarnation, member]));
  if (whereabouts.kind === "owned") {
    const { node, incarnation, ownerEpoch } = whereabouts.by;
    const state = members.get(incarnation)?.state;
    return {
      standing: "owned",
      owner: { node, incarnation, ownerEpoch, ...(state === undefined ? {} : { state }) },
    };
  }
  const placed = members.get(whereabouts.belongsTo ?? "");
  if (placed === undefined) return { standing: "free" };
  return { standing: "free", belongsTo: { node: placed.node, incarnation: placed.incarnation } };
}
