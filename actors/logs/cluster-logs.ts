import { LogsNodeProtocol } from "../../protocols/logs-node.ts";
import type { LogsFields } from "../../protocols/ops-logs.ts";
import { isClient } from "../../runtime/cluster/client-role.ts";
import type { ClusterSight } from "../../runtime/feature.ts";
import { Fault } from "../../runtime/fault.ts";
import type { BodyOf, RouteContext } from "../../runtime/net/route.ts";

/** Where each node has the actor that stands above what reads its logs. */
export const LOGS_NAME = "logs";
/** How long a node may take to answer before it counts as silent, in milliseconds. */
const ANSWER_WITHIN_MS = 1_500;

/** What reads logs on one node. */
export type NodeLogs = BodyOf<typeof LogsFields>["nodes"][number];
/** The same, as that node says it. */
export type OwnLogs = Pick<NodeLogs, "sources" | "pullers">;

/** What is needed to look at the logs of all nodes. */
export interface LogSight {
  readonly node: string;
  /** Undefined where this node stands alone. */
  readonly cluster: Pick<ClusterSight, "incarnation" | "members" | "reference"> | undefined;
  readonly own: () => OwnLogs;
}

/** What all living nodes read. One that does not answer in its time is shown as silent, and holds up nobody. */
export async function logsOfAll(
  { node: name, cluster, own }: LogSight,
  context: Pick<RouteContext, "ask">,
): Promise<readonly NodeLogs[]> {
  if (cluster === undefined) return [{ node: name, ...own() }];
  const members = (await cluster.members())
    .map(({ member }) => member)
    .filter((member) => member.state !== "dead" && !isClient(member))
    .toSorted((one, other) => one.node.localeCompare(other.node) || one.joinedAtMs - other.joinedAtMs);
  return Promise.all(
    members.map(async ({ node, incarnation }) => {
      if (incarnation === cluster.incarnation) return { node, ...own() };
      return { node, ...(await askedOf(cluster, incarnation, context)) };
    }),
  );
}

async function askedOf(
  cluster: Pick<ClusterSight, "reference">,
  incarnation: string,
  context: Pick<RouteContext, "ask">,
): Promise<Omit<NodeLogs, "node">> {
  try {
    const reference = cluster.reference(incarnation, `/${LOGS_NAME}`, LogsNodeProtocol);
    const { json } = await context.ask(reference, { kind: "look" }, { deadlineMs: ANSWER_WITHIN_MS });
    return JSON.parse(json) as OwnLogs;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const isLate = error.code === "askTimeout";
    const silence = isLate ? `no answer within ${ANSWER_WITHIN_MS} ms` : error.message;
    return { silence, sources: [], pullers: [] };
  }
}
