import {
  NodeReportFields,
  NodesActedFields,
  NodesActFields,
  NodesFields,
} from "../../protocols/ops-nodes.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import { isClient } from "../../runtime/cluster/client-role.ts";
import type { LeasedMember } from "../../runtime/cluster/cluster-node.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { BodyOf, Route, RouteResponse } from "../../runtime/net/route.ts";
import { farLook } from "./far-looks.ts";
import type { FarParts } from "./far-looks.ts";
import { meantNode, NO_CLUSTER } from "./which-node.ts";

/** What this node says of itself. */
export type NodeReport = BodyOf<typeof NodeReportFields>;

/** Where the nodes are read. */
export interface NodesSource extends Pick<FarParts, "system"> {
  /** Undefined where this node stands alone. */
  readonly cluster: FarParts["cluster"] | undefined;
  readonly node: string;
  readonly report: () => NodeReport;
}

const OWN_PATH = "/v1/node";
/** Of a node that stands alone there is nothing to compare. */
const ALONE = {
  state: "up",
  roles: ["gateway", "entities"],
  capacity: 0,
  address: "",
  joinedAtMs: 0,
} as const;

/** All nodes of the cluster, what this one says of itself, and what may be done to any of them. */
export function nodesRoutes(source: NodesSource): Route[] {
  return [
    route(OWN_PATH, {
      onRequest: {
        GET: operation({
          summary: "What this node says of itself: version, entities, actors, where it is reached",
          answers: { 200: NodeReportFields },
          handle: () => ({ status: 200, body: source.report() }),
        }),
      },
    }),
    route("/v1/nodes", {
      onRequest: {
        GET: operation({
          summary: "All nodes of the cluster: state, roles, lease, and what each says of itself",
          answers: { 200: NodesFields },
          handle: () => answerNodes(source),
        }),
      },
    }),
    route("/v1/nodes/act", {
      onRequest: {
        POST: operation({
          summary: "Drains a node of the cluster, whichever node is asked",
          body: NodesActFields,
          answers: { 202: NodesActedFields, 400: RefusalFields, 404: RefusalFields, 409: RefusalFields },
          audited: ({ act, node }) => ({ act, target: `node ${node}` }),
          handle: ({ body }) => answerAct(source, body.node),
        }),
      },
    }),
  ];
}

async function answerNodes(source: NodesSource): Promise<RouteResponse> {
  const { cluster, system } = source;
  if (cluster === undefined) return { status: 200, body: { isCluster: false, nodes: [alone(source)] } };
  const members = (await cluster.members()).toSorted(inOrder);
  const nodes = await Promise.all(
    members.map(async (leased) => ({
      ...rowOf(leased, cluster),
      ...(await saidBy(leased, { ...source, cluster, system })),
    })),
  );
  return { status: 200, body: { isCluster: true, nodes } };
}

function alone({ node, report }: NodesSource): object {
  return { ...ALONE, node, incarnation: node, isSelf: true, protocol: { min: 1, max: 1 }, report: report() };
}

/** The living first, by name; then the dead, who died last first. */
function inOrder({ member: one }: LeasedMember, { member: other }: LeasedMember): number {
  const byLife = Number(one.state === "dead") - Number(other.state === "dead");
  const byEnd = (other.ended?.atMs ?? 0) - (one.ended?.atMs ?? 0);
  return byLife || byEnd || one.node.localeCompare(other.node) || one.joinedAtMs - other.joinedAtMs;
}

function rowOf(
  { member, leaseLeftMs }: LeasedMember,
  { incarnation: self, lease }: FarParts["cluster"],
): object {
  const { node, incarnation, state, roles, capacity, address, protocol, joinedAtMs, ended } = member;
  return {
    node,
    incarnation,
    state,
    roles,
    capacity,
    address,
    protocol,
    joinedAtMs,
    isSelf: incarnation === self,
    ...(ended === undefined ? {} : { cause: ended.cause }),
    ...(ended?.atMs === undefined ? {} : { endedAtMs: ended.atMs }),
    ...(leaseLeftMs === undefined ? {} : { leaseLeftMs, leaseAgeMs: lease.ttlMs - leaseLeftMs }),
  };
}

/** A node that does not answer holds up nobody: it is shown as silent. */
async function saidBy({ member }: LeasedMember, source: NodesSource & FarParts): Promise<object> {
  if (member.state === "dead" || isClient(member)) return {};
  if (member.incarnation === source.cluster.incarnation) return { report: source.report() };
  const seen = await farLook(source, member.incarnation, OWN_PATH);
  if (seen.kind === "silent") return { silence: seen.why };
  return seen.response.status === 200
    ? { report: seen.response.body }
    : { silence: "it runs another version" };
}

async function answerAct({ cluster }: NodesSource, name: string): Promise<RouteResponse> {
  if (cluster === undefined) return NO_CLUSTER;
  const meant = await meantNode(cluster, name);
  if (meant.kind === "refused") return meant.refusal;
  const { node, incarnation } = meant.found;
  if (isClient(meant.found)) {
    const text = `${node} cannot be drained: it is a service, and has nothing to hand over`;
    return { status: 409, body: { code: "notANode", field: "node", text } };
  }
  const moved = await cluster.drainMember(incarnation);
  if (moved.kind === "refused") {
    const text = `${node} cannot be drained: it is ${moved.code === "dead" ? "dead" : "not in the table"}`;
    return { status: 409, body: { code: moved.code, field: "node", text } };
  }
  const text = `${node} sends its clients away and hands over its entities; the process stays until it is stopped`;
  return { status: 202, body: { act: "drain", node, incarnation, text } };
}
