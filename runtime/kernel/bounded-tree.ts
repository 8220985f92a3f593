import type { Cell } from "./cell.ts";
import { describeTree, cellMeant } from "./tree-node.ts";
import type { TreeNode, TreeQuery } from "./tree-node.ts";

/** A part of the tree that is not larger than was asked for. */
export interface BoundedTree extends TreeNode {
  /** Actors are missing from it, because there are too many. */
  readonly truncated?: true;
}

/** The tree below a path, and at most how many actors of it. */
export interface BoundedQuery extends TreeQuery {
  readonly path: string;
  readonly depth: number;
  readonly actorsMax: number;
}

type Drawn = Omit<TreeNode, "children"> & { children?: readonly TreeNode[] };

/** Describes a part of the tree, whatever its size, in an answer of bounded size; undefined when the path leads nowhere. */
export function boundedTree(root: Cell, query: BoundedQuery): BoundedTree | undefined {
  const cell = cellMeant(root, query.path);
  if (cell === undefined) return undefined;
  const room = { left: query.actorsMax, isFull: false };
  const { filter } = query;
  const tree = filter === undefined ? widest(cell, query.depth, room) : matching(cell, query, room);
  // Nothing fits the filter: then at least where was looked.
  const shown = tree ?? { ...describeOne(cell), children: [] };
  return room.isFull ? { ...shown, truncated: true } : shown;
}

interface Room {
  left: number;
  /** Somebody did not find a place. */
  isFull: boolean;
}

/** Level by level, so that a crowd on one branch hides nobody on the others who stands as high. */
function widest(cell: Cell, depth: number, room: Room): TreeNode {
  const tree = describeOne(cell);
  room.left--;
  let level: (readonly [Cell, Drawn])[] = [[cell, tree]];
  for (let below = depth; below > 0 && level.length > 0; below--) {
    const next: (readonly [Cell, Drawn])[] = [];
    for (const [parent, node] of level) node.children = childrenOf(parent, room, next);
    level = next;
  }
  return tree;
}

function childrenOf(parent: Cell, room: Room, level: (readonly [Cell, Drawn])[]): TreeNode[] {
  const children: TreeNode[] = [];
  for (const child of parent.children.values()) {
    if (room.left <= 0) {
      room.isFull = true;
      break;
    }
    room.left--;
    const node = describeOne(child);
    children.push(node);
    level.push([child, node]);
  }
  return children;
}

/** Those for which the filter holds, and those on the way to them. */
function matching(cell: Cell, { depth, filter = () => true }: TreeQuery, room: Room): TreeNode | undefined {
  const below = depth ?? 0;
  const node = describeOne(cell);
  const children: TreeNode[] = [];
  if (below > 0) {
    for (const child of cell.children.values()) {
      if (room.isFull) break;
      const found = matching(child, { depth: below - 1, filter }, room);
      if (found !== undefined) children.push(found);
    }
    node.children = children;
  }
  if (children.length > 0) return node;
  if (!filter(node)) return undefined;
  if (room.left <= 0) {
    room.isFull = true;
    return undefined;
  }
  room.left--;
  return node;
}

function describeOne(cell: Cell): Drawn {
  const node = describeTree(cell, { path: "/", depth: 0 });
  if (node === undefined) throw new TypeError(`no actor at ${cell.pathText}`);
  return node;
}
