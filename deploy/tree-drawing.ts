import type { TreeNode } from "../runtime/kernel/tree-node.ts";

/** How many children of one actor are drawn; the rest is one line that counts them. */
const CHILDREN_DRAWN_MAX = 200;
const HEADINGS = ["actor", "type", "state", "mailbox", "restarts", "handled", "up"] as const;
/** The columns that hold numbers, which line up on the right. */
const NUMBERS_FROM = 3;

/** How a word of the drawing is emphasised; plain text where there is no terminal. */
export type Paint = (style: "dim" | "warn" | "alarm", text: string) => string;

interface Row {
  readonly cells: readonly string[];
  readonly style: "plain" | "dim" | "warn" | "alarm";
}

/** Draws a tree of actors with a line for each: where it hangs, its type and state, and what an operator looks for. Pure. */
export function drawTree(root: TreeNode, paint: Paint): string {
  const rows: Row[] = [{ cells: HEADINGS, style: "dim" }];
  addRows(rows, root, { lead: "", below: "" });
  const widths = HEADINGS.map((_, column) =>
    Math.max(...rows.map(({ cells }) => width(cells[column] ?? ""))),
  );
  return rows.map((row) => drawRow(row, widths, paint)).join("\n");
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

function styleOf(node: TreeNode): Row["style"] {
  if (node.state !== "running") return "alarm";
  return node.restarts > 0 || node.mailbox.depth > 0 ? "warn" : "plain";
}

function drawRow({ cells, style }: Row, widths: readonly number[], paint: Paint): string {
  const padded = cells.map((cell, column) => {
    const gap = " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell)));
    return column < NUMBERS_FROM ? `${cell}${gap}` : `${gap}${cell}`;
  });
  const line = padded.join("  ").trimEnd();
  return style === "plain" ? line : paint(style, line);
}

/** Names in the tree spell what a path cannot hold as `$2f`; people read the character. */
export function readableName(name: string): string {
  try {
    // Control characters would let a client's name write anywhere on the operator's terminal.
    return decodeURIComponent(name.replaceAll("%", "%25").replace(/\$([0-9a-f]{2})/g, "%$1")).replace(
      /\p{C}/gu,
      "\u{fffd}",
    );
  } catch {
    return name;
  }
}

/** `42 s`, `7 min`, `3 h`, `2 d`: the largest unit that fits. Pure. */
export function duration(ms: number): string {
  const units = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
  ] as const;
  const [size, unit] = units.find(([least]) => ms >= least) ?? [1, "ms"];
  return `${Math.floor(ms / size)} ${unit}`;
}

/** The columns that a text takes on a terminal: East Asian letters are two wide. */
function width(text: string): number {
  let columns = 0;
  for (const letter of text) {
    columns +=
      /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\u3000-\u303f\uff01-\uff60]/u.test(
        letter,
      )
        ? 2
        : 1;
  }
  return columns;
}
