import { ActorFields, TREE_ACTORS_MAX, TREE_DEPTH, TreeQueryFields } from "../../protocols/ops.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import { boundedTree } from "../../runtime/kernel/bounded-tree.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import { nowhere } from "./nowhere.ts";
import { QueryReader } from "./query-reader.ts";
import { parseTreeFilter } from "./tree-filter.ts";

const ACTOR_PREFIX = "/v1/actors";

/** Where the tree is read. */
export type TreeSource = Pick<ActorSystem, "describe" | "root">;

/** The supervisor tree, and one actor of it. */
export function treeRoutes(source: TreeSource): Route[] {
  return [
    route("/v1/tree", {
      onRequest: {
        GET: operation({
          summary: "The supervisor tree, or the part below a path",
          query: TreeQueryFields,
          answers: { 200: ActorFields, 400: RefusalFields, 404: RefusalFields },
          handle: (request) => answerTree(source, request),
        }),
      },
    }),
    route(`${ACTOR_PREFIX}/*`, {
      onRequest: {
        GET: operation({
          summary: "One actor with its direct children",
          answers: { 200: ActorFields, 404: RefusalFields },
          handle: ({ path }) => answerActor(source, path.slice(ACTOR_PREFIX.length)),
        }),
      },
    }),
  ];
}

function answerTree(source: TreeSource, { query }: RouteRequest): RouteResponse {
  const reader = new QueryReader(query, Object.keys(TreeQueryFields));
  const path = reader.text("path") ?? "/";
  const condition = reader.text("filter");
  // A filter looks for something, so it looks everywhere.
  const otherwise = condition === undefined ? TREE_DEPTH.otherwise : TREE_DEPTH.max;
  const depth = reader.whole("depth", { ...TREE_DEPTH, otherwise });
  const parsed = condition === undefined ? undefined : parseTreeFilter(condition);
  if (parsed?.ok === false) reader.refuse("filter", parsed.text);
  if (reader.refusal !== undefined) return reader.refusal;
  const filter = parsed?.ok === true ? { filter: parsed.filter } : {};
  const tree = boundedTree(source.root, { path, depth, actorsMax: TREE_ACTORS_MAX, ...filter });
  return tree === undefined ? nowhere(source, path) : { status: 200, body: tree };
}

function answerActor(source: TreeSource, path: string): RouteResponse {
  const node = boundedTree(source.root, { path, depth: 1, actorsMax: TREE_ACTORS_MAX });
  return node === undefined ? nowhere(source, path) : { status: 200, body: node };
}
