import { RegistryFields, RegistryQueryFields, SingletonsFields } from "../../protocols/ops-singletons.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import { Fault } from "../../runtime/fault.ts";
import type { ClusterSight, FeatureHost } from "../../runtime/feature.ts";
import { faultAnswer } from "../../runtime/net/fault-answer.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { BodyOf, Route, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import { entityText } from "../../runtime/persistence/entity-address.ts";
import type { KnownSingleton } from "../../runtime/sharding/singletons.ts";
import { QueryReader } from "./query-reader.ts";

/** Where the one of each kind and the registered are looked up. */
export type SingletonSource = Pick<FeatureHost, "cluster" | "singletons" | "registry"> & {
  readonly node: string;
};

type Shown = BodyOf<typeof SingletonsFields>["singletons"][number];

/** Which actors the cluster has one of, where they are, and who is registered. */
export function singletonRoutes(source: SingletonSource): Route[] {
  return [
    route("/v1/singletons", {
      onRequest: {
        GET: operation({
          summary: "The actors of which the cluster has one each, and the node that has each of them",
          answers: { 200: SingletonsFields, 503: RefusalFields, 504: RefusalFields },
          handle: () => orFault(async () => ({ singletons: await shownOf(source) })),
        }),
      },
    }),
    route("/v1/registry", {
      onRequest: {
        GET: operation({
          summary: "Who is registered under a key in the whole cluster, or all that this node has registered",
          query: RegistryQueryFields,
          answers: { 200: RegistryFields, 400: RefusalFields, 503: RefusalFields, 504: RefusalFields },
          handle: (request) => answerRegistry(source, request),
        }),
      },
    }),
  ];
}

function shownOf({ singletons, cluster, node }: SingletonSource): Promise<Shown[]> {
  const all = singletons.list();
  return Promise.all(
    all.map((known) => (cluster === undefined ? alone(known, node) : found(known, cluster))),
  );
}

async function alone({ type, entity, isHere }: KnownSingleton, node: string): Promise<Shown> {
  return { type, address: entityText(entity), standing: isHere ? "running" : "moving", node };
}

async function found({ type, entity }: KnownSingleton, cluster: ClusterSight): Promise<Shown> {
  const shown = { type, address: entityText(entity) };
  const where = await cluster.whereIs(entity);
  if (where.kind === "owned") {
    const { node, incarnation, ownerEpoch } = where.by;
    return { ...shown, standing: "running", node, incarnation, ownerEpoch };
  }
  const { belongsTo } = where;
  if (belongsTo === undefined) return { ...shown, standing: "nowhere" };
  const node = belongsTo.slice(0, belongsTo.indexOf("/"));
  return { ...shown, standing: "moving", node, incarnation: belongsTo };
}

async function answerRegistry(
  { registry }: SingletonSource,
  { query }: RouteRequest,
): Promise<RouteResponse> {
  const reader = new QueryReader(query, Object.keys(RegistryQueryFields));
  const key = reader.text("key");
  if (reader.refusal !== undefined) return reader.refusal;
  return orFault(async () => {
    if (key === undefined) return { keys: await registry.own() };
    return { keys: [{ key, members: (await registry.list(key)).map(({ address }) => address) }] };
  });
}

async function orFault(answer: () => Promise<object>): Promise<RouteResponse> {
  try {
    return { status: 200, body: await answer() };
  } catch (error) {
    if (error instanceof Fault) return faultAnswer(error);
    throw error;
  }
}
