import type { Cell } from "./cell.ts";

/** All actors of a tree, parents before their children. */
export function* cellsBelow(root: Cell): Generator<Cell, void> {
  const open = [root];
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    yield cell;
    for (const child of [...cell.children.values()].reverse()) open.push(child);
  }
}
