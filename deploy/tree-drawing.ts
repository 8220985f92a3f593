import { readableName } from "../runtime/actor/actor-name.ts";
import type { BoundedTree } from "../runtime/kernel/bounded-tree.ts";
import type { TreeNode } from "../runtime/kernel/tree-node.ts";
import { drawTable } from "./drawings/columns.ts";
import type { Paint, Row } from "./drawings/columns.ts";
import { duration } from "./drawings/units.ts";

/** How many children of one actor are drawn; the rest is one line that counts them. */
const CHILDREN_DRAWN_MAX = 200;
const HEADINGS = ["actor", "type", "state", "mailbox", "restarts", "handled", "up"] as const;
const NUMBERS = ["mailbox", "restarts", "handled", "up"] as const;

/** Draws a tree of actors with a line for each: where it hangs, its type and state, and what an operator looks for. Pure. */
export function drawTree(root: BoundedTree, paint: Paint): string {
  const rows: Row[] = [];
  addRows(rows, root, { lead: "", below: "" });
  const table = drawTable({ headings: HEADINGS, numbers: NUMBERS, rows }, paint);
  if (root.truncated !== true) return table;
  return `${table}\n\n${paint("dim", "There are more actors than one answer shows: begin at a path, or use --filter.")}`;
}

interface Branch {
  /** What stands before this actor's name. */
  readonly lead: string;
  /** What stands before the names of all that is below it. */
  readonly below: string;
}

function addRows(rows: Row[], node: TreeNode, { lead, below }: Branch): void {
  rows.push({ cells: cellsOf(node, lead), style: styleOf(node) });
  const children = node.children ?? [];
  const drawn = children.slice(0, CHILDREN_DRAWN_MAX);
  const hidden = Math.max(node.childCount, children.length) - drawn.length;
  for (const [index, child] of drawn.entries()) {
    const isLast = index === drawn.length - 1 && hidden === 0;
    addRows(rows, child, {
      lead: `${below}${isLast ? "└─ " : "├─ "}`,
      below: `${below}${isLast ? "   " : "│  "}`,
    });
  }
  if (hidden > 0) rows.push({ cells: [`${below}└─ … ${hidden} more`], style: "dim" });
}

function cellsOf(node: TreeNode, lead: string): string[] {
  const age = node.mailbox.oldestAgeMs >= 1_000 ? ` (${duration(node.mailbox.oldestAgeMs)})` : "";
  return [
    `${lead}${readableName(node.name)}`,
    node.type,
    node.state,
    `${node.mailbox.depth}${age}`,
    String(node.restarts),
    String(node.handled),
    duration(node.uptimeMs),
  ];
}

function styleOf(node: TreeNode): NonNullable<Row["style"]> {
  if (node.state !== "running") return "alarm";
  return node.restarts > 0 || node.mailbox.depth > 0 ? "warn" : "plain";
}
