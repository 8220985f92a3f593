import type { LogsFields } from "../../protocols/ops-logs.ts";
import type { PARTITIONS_ANSWER_FIELDS } from "../../protocols/stats.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "./columns.ts";
import type { Paint, Row } from "./columns.ts";
import { bytes, duration, oneLine, timeOf } from "./units.ts";

/** What `/v1/logs` answers. */
export type Logs = BodyOf<typeof LogsFields>;
type NodeLogs = Logs["nodes"][number];
type Puller = NodeLogs["pullers"][number];
type Source = NodeLogs["sources"][number];
/** What is counted of a part of a log, whoever has read it. */
export type CountedPart = BodyOf<typeof PARTITIONS_ANSWER_FIELDS>["partitions"][number];

const CURSOR_MAX = 28;
const HEADINGS = [
  "log",
  "state",
  "behind",
  "per second",
  "records",
  "read",
  "lost",
  "aside",
  "counted up to",
];
const NUMBERS = ["behind", "per second", "records", "read", "lost", "aside"];

/** Draws which logs are read where, how far, and what went wrong with each last; and what is counted and read by nobody. Pure. */
export function drawLogs({ node, nodes }: Logs, paint: Paint, counted: readonly CountedPart[] = []): string {
  const isOne = nodes.length === 1;
  const pullers = nodes.flatMap((own) => own.pullers.map((puller) => rowOf(puller, isOne ? [] : [own.node])));
  const headings = [...(isOne ? [] : ["node"]), ...HEADINGS];
  const nothing = isOne ? `${node} reads no logs.` : "No node reads logs.";
  const parts = [
    pullers.length === 0 ? nothing : drawTable({ headings, numbers: NUMBERS, rows: pullers }, paint),
    section(paint("dim", "shared with others"), nodes.flatMap(groupsOf)),
    section(paint("alarm", "not read"), nodes.flatMap(unreadOf)),
    section(paint("alarm", "nothing is heard of"), unheardOf(nodes, counted)),
    section(paint("dim", "last failures"), nodes.flatMap(failuresOf)),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [heading, ...lines].join("\n");
}

function rowOf(puller: Puller, node: readonly string[]): Row {
  const { source, partition, state, lagMs, ratePerSecond, records, lost, gaps, quarantined } = puller;
  const cells = [
    ...node,
    `${source}/${partition}`,
    state,
    duration(lagMs),
    String(ratePerSecond),
    String(records),
    bytes(puller.bytes),
    // Nobody may know how many there were.
    gaps > 0 && lost === 0 ? "some" : String(lost),
    String(quarantined),
    oneLine(puller.cursor ?? "-", CURSOR_MAX),
  ];
  if (state === "stalled") return { cells, style: "alarm" };
  return { cells, style: gaps > 0 || quarantined > 0 ? "warn" : "plain" };
}

function groupsOf({ node, sources }: NodeLogs): string[] {
  return sources.flatMap(({ source, group }) => {
    if (group === undefined) return [];
    const held = group.held.length === 0 ? "no part" : group.held.join(", ");
    const holds = group.isMember ? `holds ${held}` : "holds no lease, and reads nothing";
    return [`${source}  group ${group.name}, ${node} as ${group.consumer}: ${holds}`];
  });
}

/** What nobody reads at present, and why. */
function unreadOf({ node, silence, sources }: NodeLogs): string[] {
  if (silence !== undefined) return [`${node} does not answer: ${oneLine(silence)}`];
  return sources.flatMap((source) => troubleOf(source.source, source, node));
}

/** What a node has read that is gone: it is waited for. */
function unheardOf(nodes: readonly NodeLogs[], counted: readonly CountedPart[]): string[] {
  const pullers = nodes.flatMap((node) => node.pullers);
  const read = new Set(pullers.map(({ source, partition }) => `${source}/${partition}`));
  const unheard = counted.filter(({ partition, state }) => state === "stalled" && !read.has(partition));
  return unheard.map(({ partition, watermarkMs }) => {
    const name = oneLine(partition);
    const upTo = watermarkMs === undefined ? "" : `  counted up to ${timeOf(watermarkMs)}`;
    return `${name}${upTo}  gone for good? banyan logs forget ${name}`;
  });
}

function failuresOf({ node, pullers }: NodeLogs): string[] {
  return pullers.flatMap((puller) => troubleOf(`${puller.source}/${puller.partition}`, puller, node));
}

function troubleOf(log: string, { trouble }: Pick<Source, "trouble">, node: string): string[] {
  if (trouble === undefined) return [];
  return [`${timeOf(trouble.atMs)}  ${log} at ${node}  ${oneLine(trouble.text)}`];
}
