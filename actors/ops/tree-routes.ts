import { ActorFields, TREE_DEPTH, TreeQueryFields } from "../../protocols/ops.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { ClusterSight } from "../../runtime/feature.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import { boundedTree } from "../../runtime/kernel/bounded-tree.ts";
import type { BoundedTree } from "../../runtime/kernel/bounded-tree.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import { clusterTree } from "./cluster-tree.ts";
import { farLook } from "./far-looks.ts";
import { nowhere } from "./nowhere.ts";
import { QueryReader } from "./query-reader.ts";
import { parseTreeFilter } from "./tree-filter.ts";
import { meantNode, NO_CLUSTER } from "./which-node.ts";

const TREE_PATH = "/v1/tree";
const ACTOR_PREFIX = "/v1/actors";

/** Where the tree is read. */
export interface TreeSource {
  readonly system: ActorSystem;
  /** Undefined where this node stands alone, and where another node looks. */
  readonly cluster?: ClusterSight | undefined;
  /** How many actors one answer shows. */
  readonly actorsMax: number;
}

/** The supervisor tree, and one actor of it. */
export function treeRoutes(source: TreeSource): Route[] {
  return [
    route(TREE_PATH, {
      onRequest: {
        GET: operation({
          summary: "The supervisor tree of all nodes or of one, or the part below a path",
          query: TreeQueryFields,
          answers: {
            200: ActorFields,
            400: RefusalFields,
            404: RefusalFields,
            409: RefusalFields,
            504: RefusalFields,
          },
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

async function answerTree(source: TreeSource, { query }: RouteRequest): Promise<RouteResponse> {
  const reader = new QueryReader(query, Object.keys(TreeQueryFields));
  const node = reader.text("node");
  const path = reader.text("path");
  const condition = reader.text("filter");
  // A filter looks for something, so it looks everywhere.
  const otherwise = condition === undefined ? TREE_DEPTH.otherwise : TREE_DEPTH.max;
  const depth = reader.whole("depth", { ...TREE_DEPTH, otherwise });
  const parsed = condition === undefined ? undefined : parseTreeFilter(condition);
  if (parsed?.ok === false) reader.refuse("filter", parsed.text);
  if (reader.refusal !== undefined) return reader.refusal;
  const filter = parsed?.ok === true ? { filter: parsed.filter } : {};
  const own = (from: string): BoundedTree | undefined =>
    boundedTree(source.system.root, { path: from, depth, actorsMax: source.actorsMax, ...filter });
  if (node !== undefined) return ofNode(source, node, query, () => shown(source, path ?? "/", own));
  if (source.cluster === undefined || path !== undefined) return shown(source, path ?? "/", own);
  const parts = { system: source.system, cluster: source.cluster };
  const body = await clusterTree(parts, targetOf(query), () => own("/") as BoundedTree);
  return { status: 200, body };
}

function shown(
  { system }: TreeSource,
  path: string,
  own: (from: string) => BoundedTree | undefined,
): RouteResponse {
  const tree = own(path);
  return tree === undefined ? nowhere(system, path) : { status: 200, body: tree };
}

/** The tree of one node, which may be another one. */
async function ofNode(
  { cluster, system }: TreeSource,
  name: string,
  query: URLSearchParams,
  own: () => RouteResponse,
): Promise<RouteResponse> {
  if (cluster === undefined) return name === system.name ? own() : NO_CLUSTER;
  const meant = await meantNode(cluster, name);
  if (meant.kind === "refused") return meant.refusal;
  const { incarnation } = meant.found;
  if (incarnation === cluster.incarnation) return own();
  const seen = await farLook({ cluster, system }, incarnation, targetOf(query));
  if (seen.kind === "seen") return seen.response;
  return { status: 504, body: { code: "nodeSilent", field: "node", text: `${name} is silent: ${seen.why}` } };
}

/** The same question, to one node about itself. */
function targetOf(query: URLSearchParams): string {
  const own = new URLSearchParams(query);
  own.delete("node");
  return own.size === 0 ? TREE_PATH : `${TREE_PATH}?${own.toString()}`;
}

function answerActor({ system, actorsMax }: TreeSource, path: string): RouteResponse {
  const node = boundedTree(system.root, { path, depth: 1, actorsMax });
  return node === undefined ? nowhere(system, path) : { status: 200, body: node };
}
