import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Paint } from "../../../deploy/drawings/columns.ts";
import { drawTree } from "../../../deploy/tree-drawing.ts";
import type { TreeNode } from "../../../runtime/kernel/tree-node.ts";

const plain: Paint = (_style, text) => text;

function actor(name: string, parts: Partial<TreeNode> = {}): TreeNode {
  return {
    name,
    path: `/${name}`,
    type: "room",
    state: "running",
    incarnation: 1,
    mailbox: { depth: 0, oldestAgeMs: 0 },
    handled: 0,
    failed: 0,
    refused: 0,
    restarts: 0,
    restart: "permanent",
    supervision: { strategy: "oneForOne" },
    budgets: {
      crash: { left: 5, max: 5, withinMs: 60_000 },
      stall: { left: 5, max: 5, withinMs: 600_000 },
    },
    pulse: { progressWithinMs: 30_000, stalls: 0 },
    uptimeMs: 1_000,
    childCount: parts.children?.length ?? 0,
    ...parts,
  };
}

describe("a drawn tree", () => {
  it("shows who hangs under whom, with type, state, mailbox and restarts", () => {
    const root = actor("banyan", {
      type: "root",
      uptimeMs: 7_300_000,
      children: [
        actor("gateway", {
          children: [actor("c1", { mailbox: { depth: 3, oldestAgeMs: 2_500 } })],
          type: "gateway",
        }),
        actor("rooms", { restarts: 2, handled: 41 }),
      ],
    });
    assert.equal(
      drawTree(root, plain),
      [
        "actor       type     state    mailbox  restarts  handled   up",
        "banyan      root     running        0         0        0  2 h",
        "├─ gateway  gateway  running        0         0        0  1 s",
        "│  └─ c1    room     running  3 (2 s)         0        0  1 s",
        "└─ rooms    room     running        0         2       41  1 s",
      ].join("\n"),
    );
  });

  it("counts the children that it does not show", () => {
    const text = drawTree(actor("rooms", { childCount: 3, children: [actor("a")] }), plain);
    assert.match(text, /├─ a .*\n└─ … 2 more$/);
    assert.match(drawTree(actor("rooms", { childCount: 3 }), plain), /\n└─ … 3 more$/);
  });

  it("marks what an operator should look at", () => {
    const styles: string[] = [];
    const paint: Paint = (style, text) => (styles.push(style), text);
    drawTree(
      actor("a", { children: [actor("b", { state: "waiting" }), actor("c", { restarts: 1 }), actor("d")] }),
      paint,
    );
    assert.deepEqual(styles, ["dim", "alarm", "warn"]);
  });

  it("lines up names of wide letters", () => {
    const lines = drawTree(actor("root", { children: [actor("大厅"), actor("hall")] }), plain).split("\n");
    assert.match(lines[2] ?? "", /^├─ 大厅 {2}room/);
    assert.match(lines[3] ?? "", /^└─ hall {2}room/);
  });
});
