import { ActorFields, TREE_DEPTH, TreeQueryFields } from "../../protocols/ops.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import type { TreeNode } from "../../runtime/kernel/tree-node.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import { QueryReader } from "./query-reader.ts";
import { parseTreeFilter } from "./tree-filter.ts";

const ACTOR_PREFIX = "/v1/actors";

/** Where the tree is read. */
export type TreeSource = Pick<ActorSystem, "describe">;

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
  const root = source.describe({ path, depth: 0 });
  if (root === undefined) return nowhere(source, path);
  if (parsed?.ok !== true) return { status: 200, body: source.describe({ path, depth }) ?? root };
  return {
    status: 200,
    body: source.describe({ path, depth, filter: parsed.filter }) ?? { ...root, children: [] },
  };
}

function answerActor(source: TreeSource, path: string): RouteResponse {
  const node = source.describe({ path, depth: 1 });
  return node === undefined ? nowhere(source, path) : { status: 200, body: node };
}

/** Names the last actor on the way that exists, and what is below it. */
function nowhere(source: TreeSource, path: string): RouteResponse {
  const names = path.split("/").filter((name) => name !== "");
  let known: TreeNode | undefined;
  for (let length = names.length - 1; known === undefined && length >= 0; length--) {
    known = source.describe({ path: `/${names.slice(0, length).join("/")}`, depth: 1 });
  }
  const children = known?.children?.slice(0, 20).map(({ name }) => name) ?? [];
  const below = children.length === 0 ? "nothing is" : `there are ${children.join(", ")}`;
  return {
    status: 404,
    body: {
      code: "noSuchActor",
      field: "path",
      text: `no actor is at ${path}; below ${known?.path ?? "/"} ${below}`,
    },
  };
}
