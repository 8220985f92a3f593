import type { ClusterSight } from "../../runtime/feature.ts";
import type { LeasedMember } from "../../runtime/cluster/cluster-node.ts";
import type { RouteResponse } from "../../runtime/net/route.ts";

/** The node that was meant, or the answer to a request that means none. */
export type MeantNode =
  | { readonly kind: "found"; readonly found: LeasedMember["member"] }
  | { readonly kind: "refused"; readonly refusal: RouteResponse };

/** Names that an answer repeats, at most. */
const NAMED_MAX = 20;

/** What is answered where a node stands alone. */
export const NO_CLUSTER: RouteResponse = {
  status: 409,
  body: { code: "noCluster", field: "node", text: "this node stands alone: it has no cluster.redis" },
};

/** The living node of this name or incarnation. A name may have two for a while, as during a reload: then the incarnation is needed. */
export async function meantNode(cluster: ClusterSight, name: string): Promise<MeantNode> {
  const living = (await cluster.members())
    .map(({ member }) => member)
    .filter(({ state }) => state !== "dead");
  const meant = living.filter(({ node, incarnation }) => node === name || incarnation === name);
  const [found] = meant;
  if (found === undefined) {
    const names = [...new Set(living.map(({ node }) => node))].slice(0, NAMED_MAX);
    return refused(
      404,
      "noSuchNode",
      `no node is called ${JSON.stringify(name)}; there are ${names.join(", ")}`,
    );
  }
  if (meant.length === 1) return { kind: "found", found };
  const all = meant.map(({ incarnation, state }) => `${incarnation} (${state})`);
  return refused(409, "ambiguousNode", `several processes are called ${name}: name one of ${all.join(", ")}`);
}

function refused(status: number, code: string, text: string): MeantNode {
  return { kind: "refused", refusal: { status, body: { code, field: "node", text } } };
}
