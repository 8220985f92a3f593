import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trunksOf } from "../../../../../actors/ops/page/tree-answer.ts";
import type { Actor } from "../../../../../actors/ops/page/tree-answer.ts";
import { CHILDREN_SHOWN_MAX, depthOf, LEVELS_MAX, rowsOf } from "../../../../../actors/ops/page/tree-rows.ts";
import type { TreeRow } from "../../../../../actors/ops/page/tree-rows.ts";
import { TREE_DEPTH } from "../../../../../protocols/ops.ts";

/** An actor of which only the place matters; without children it has been asked for no deeper. */
function actor(name: string, children?: readonly Actor[], childCount = children?.length ?? 0): Actor {
  return { name, type: "room", childCount, ...(children === undefined ? {} : { children }) } as Actor;
}

const cluster = (...nodes: readonly Actor[]): Actor => ({ ...actor("cluster", nodes), type: "cluster" });

function lines(tree: Actor, turned: readonly string[] = [], isFiltered = false): string[] {
  return rowsOf(trunksOf(tree), { isFiltered, turned: new Set(turned) }).map(lineOf);
}

function lineOf(row: TreeRow): string {
  const text =
    row.kind === "more"
      ? `… ${row.hidden}`
      : `${{ open: "-", folded: "+", leaf: "" }[row.fold]}${row.actor.name}`;
  return "  ".repeat(row.level) + text;
}

const oak = actor("oak", [actor("rooms", [actor("chat"), actor("live")]), actor("gateway", undefined, 3)]);
const elm = actor("elm", [actor("gateway", undefined, 3)]);

describe("the lines of the tree", () => {
  it("are the nodes with what is right below them", () => {
    assert.deepEqual(lines(cluster(oak, elm)), ["-oak", "  +rooms", "  +gateway", "-elm", "  +gateway"]);
  });

  it("are those of the only node where there is no cluster", () => {
    assert.deepEqual(lines(elm), ["-elm", "  +gateway"]);
  });

  it("open and fold by hand, each on its own node", () => {
    assert.deepEqual(lines(cluster(oak, elm), ["oak/rooms", "elm"]), [
      "-oak",
      "  -rooms",
      "    chat",
      "    live",
      "  +gateway",
      "+elm",
    ]);
  });

  it("show all that a filter has found, and nothing that it has left out", () => {
    const found = actor("oak", [actor("rooms", [actor("chat", [], 4)], 9)], 5);
    assert.deepEqual(lines(cluster(found), [], true), ["-oak", "  -rooms", "    chat"]);
    assert.deepEqual(lines(cluster(found), ["oak/rooms"], true), ["-oak", "  +rooms"]);
  });

  it("count the children for which there is no room", () => {
    const crowd = Array.from({ length: CHILDREN_SHOWN_MAX + 5 }, (_, index) => actor(`c${index}`));
    assert.equal(lines(actor("oak", crowd)).at(-1), "  … 5");
    assert.equal(lines(actor("oak", crowd.slice(0, 2), 7)).at(-1), "  … 5", "the answer was full");
  });

  it("have names of their own, also while a node stands there twice", () => {
    const rows = rowsOf(trunksOf(cluster(oak, oak)), { isFiltered: false, turned: new Set(["oak/rooms"]) });
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  });
});

describe("the depth that is asked for", () => {
  const depth = (tree: Actor, turned: readonly string[]) =>
    depthOf(rowsOf(trunksOf(tree), { isFiltered: false, turned: new Set(turned) }));

  it("is one level below what is open, and no more than is answered", () => {
    assert.equal(depth(cluster(), []), 1);
    assert.equal(depth(cluster(oak), []), 1);
    assert.equal(depth(cluster(oak), ["oak/rooms"]), 2);
    assert.equal(depth(cluster(oak), ["oak/gateway"]), 2, "also before the answer is there");
    assert.equal(depth(cluster(oak), ["oak/rooms", "oak"]), 1, "what is folded away costs nothing");
    assert.equal(LEVELS_MAX, TREE_DEPTH.max);
  });
});
