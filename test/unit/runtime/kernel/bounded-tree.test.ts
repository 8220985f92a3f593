import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { boundedTree } from "../../../../runtime/kernel/bounded-tree.ts";
import type { BoundedQuery } from "../../../../runtime/kernel/bounded-tree.ts";
import type { TreeNode } from "../../../../runtime/kernel/tree-node.ts";
import { spawns } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

/** A root with a crowd of a hundred, and a pair. */
async function forest(): Promise<VirtualSystem> {
  const virtual = new VirtualSystem();
  const crowd = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`c${index}`, {}]));
  virtual.tell(virtual.spawn("crowd"), spawns(crowd));
  virtual.tell(virtual.spawn("pair"), spawns({ p0: {}, p1: {} }));
  await virtual.settle();
  return virtual;
}

const look = (virtual: VirtualSystem, query: Partial<BoundedQuery>) =>
  boundedTree(virtual.system.root, { path: "/", depth: 32, actorsMax: 1_000, ...query });

function count(node: TreeNode): number {
  return 1 + (node.children ?? []).reduce((sum, child) => sum + count(child), 0);
}

describe("a bounded tree", () => {
  it("is the whole tree when that is small enough", async () => {
    const virtual = await forest();
    assert.deepEqual(look(virtual, {}), virtual.system.describe({ depth: 32 }));
    assert.deepEqual(
      look(virtual, { path: "/pair", depth: 0 }),
      virtual.system.describe({ path: "/pair", depth: 0 }),
    );
    assert.equal(look(virtual, { path: "/nobody" }), undefined);
  });

  it("has no more actors than asked for, and says that there are more", async () => {
    const tree = look(await forest(), { actorsMax: 50 });
    assert.equal(tree?.truncated, true);
    assert.equal(tree === undefined ? 0 : count(tree), 50);
  });

  it("lets a crowd hide nobody who stands higher", async () => {
    const tree = look(await forest(), { actorsMax: 3 });
    assert.deepEqual(
      tree?.children?.map(({ name }) => name),
      ["crowd", "pair"],
    );
  });

  it("counts the children that it does not show", async () => {
    const tree = look(await forest(), { actorsMax: 10 });
    assert.deepEqual(
      tree?.children?.map(({ childCount, children }) => [childCount, children?.length]),
      [
        [100, 7],
        [2, 0],
      ],
    );
  });

  it("holds the filter's finds and the ways to them, up to the bound", async () => {
    const virtual = await forest();
    const filter = ({ name }: TreeNode): boolean => name.startsWith("p");
    const all = look(virtual, { filter });
    assert.equal(all?.truncated, undefined);
    assert.deepEqual(
      all?.children?.map(({ name, children }) => [name, children?.map((child) => child.name)]),
      [["pair", ["p0", "p1"]]],
    );
    const few = look(virtual, { filter: ({ name }) => /^[cp]\d/.test(name), actorsMax: 5 });
    assert.equal(few?.truncated, true);
    assert.equal(few?.children?.[0]?.children?.length, 5);
  });

  it("shows where was looked when nothing fits the filter", async () => {
    const tree = look(await forest(), { filter: () => false });
    assert.deepEqual([tree?.name, tree?.children, tree?.truncated], ["test", [], undefined]);
  });
});
