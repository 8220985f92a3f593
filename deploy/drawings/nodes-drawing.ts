import type { NodesFields } from "../../protocols/ops-nodes.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "./columns.ts";
import type { Paint, Row } from "./columns.ts";
import { duration, oneLine } from "./units.ts";

/** What `/v1/nodes` answers. */
export type Nodes = BodyOf<typeof NodesFields>;
type Node = Nodes["nodes"][number];

const HEADINGS = [
  "node",
  "state",
  "roles",
  "capacity",
  "lease",
  "entities",
  "actors",
  "up",
  "version",
  "operators",
  "incarnation",
];
const NUMBERS = ["capacity", "lease", "entities", "actors", "up"];
const TEXT_MAX = 60;

/** Draws the nodes of a cluster, the one that answers marked with a star. Pure. */
export function drawNodes({ isCluster, nodes }: Nodes, showsDead: boolean, paint: Paint): string {
  const shown = nodes.filter(({ state }) => showsDead || state !== "dead");
  const table = drawTable({ headings: HEADINGS, numbers: NUMBERS, rows: shown.map(rowOf) }, paint);
  if (!isCluster) return `This node stands alone: it has no cluster.redis.\n\n${table}`;
  const dead = nodes.length - shown.length;
  return dead === 0
    ? table
    : `${table}\n\n${paint("dim", `${dead} more have ended within the last hour: --dead`)}`;
}

function rowOf(node: Node): Row {
  const { isSelf, roles, capacity, leaseAgeMs, report, incarnation } = node;
  return {
    cells: [
      `${node.node}${isSelf ? " *" : ""}`,
      stateOf(node),
      roles.join(","),
      String(capacity),
      leaseAgeMs === undefined ? "-" : `${duration(leaseAgeMs)} ago`,
      report === undefined ? "-" : String(report.entities),
      report === undefined ? "-" : String(report.actors),
      report === undefined ? "-" : duration(report.uptimeMs),
      report?.version ?? "-",
      report?.opsUrl ?? (node.address === "" ? "-" : node.address),
      incarnation,
    ],
    style: styleOf(node),
  };
}

function stateOf({ state, cause, silence, report }: Node): string {
  if (cause !== undefined) return `${state}: ${cause}`;
  if (silence !== undefined) return oneLine(`${state}, silent: ${silence}`, TEXT_MAX);
  return report === undefined || report.status === "ready" ? state : `${state}, ${report.status}`;
}

function styleOf({ state, silence }: Node): NonNullable<Row["style"]> {
  if (state === "dead") return "dim";
  if (silence !== undefined) return "alarm";
  return state === "up" ? "plain" : "warn";
}
