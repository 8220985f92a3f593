import { asError } from "./as-error.ts";
import type { Cell } from "./cell.ts";
import type { LastFailure } from "./cell-extras.ts";
import { phaseName } from "./phase.ts";
import type { PhaseName } from "./phase.ts";
import { pulseOf } from "./pulse.ts";
import type { Pulse } from "./pulse.ts";
import { waitingAt } from "./waiting.ts";
import type { Waiting } from "./waiting.ts";

/** Levels of children that a description shows unless it is asked for more. */
const DEPTH_DEFAULT = 3;

/** An actor as operators see it. */
export interface TreeNode {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly state: PhaseName;
  readonly incarnation: number;
  readonly mailbox: Waiting;
  readonly handled: number;
  readonly failed: number;
  /** Messages answered `busy`. */
  readonly refused: number;
  readonly restarts: number;
  readonly pulse: Pulse;
  readonly lastFailure?: LastFailure;
  readonly uptimeMs: number;
  /** What the actor's definition tells of its state. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly childCount: number;
  /** Left out below the depth asked for. */
  readonly children?: readonly TreeNode[];
}

/** Which part of the tree is wanted. */
export interface TreeQuery {
  /** Where to begin; `/` unless given. */
  readonly path?: string;
  /** Levels of children, 3 unless given. */
  readonly depth?: number;
  /** Keeps the actors for which this holds, and those on the way to them. */
  readonly filter?: (node: TreeNode) => boolean;
}

/** Describes the tree below `root` as the query wants it; undefined when its path leads nowhere. */
export function describeTree(root: Cell, query: TreeQuery): TreeNode | undefined {
  const cell = findCell(root, query.path ?? "/");
  if (cell === undefined) return undefined;
  const node = describeCell(cell, query.depth ?? DEPTH_DEFAULT);
  return query.filter === undefined ? node : prune(node, query.filter);
}

/** The actor at a path of the form `/rooms/live$2ffinal`. */
export function findCell(root: Cell, path: string): Cell | undefined {
  const names = path.split("/").filter((name) => name !== "");
  return names.reduce<Cell | undefined>((cell, name) => cell?.children.get(name), root);
}

function describeCell(cell: Cell, depth: number): TreeNode {
  const lastFailure = cell.extras?.lastFailure;
  const details = describeState(cell);
  return {
    name: cell === cell.system.root ? cell.system.name : cell.name,
    path: cell.pathText,
    type: cell.definition.type,
    state: phaseName(cell.phase),
    incarnation: cell.incarnation,
    mailbox: waitingAt(cell),
    handled: cell.handled,
    failed: cell.failed,
    refused: cell.refused,
    restarts: cell.restarts,
    pulse: pulseOf(cell),
    ...(lastFailure === undefined ? {} : { lastFailure }),
    uptimeMs: Math.round(cell.system.clock.nowMs() - cell.spawnedAtMs),
    ...(details === undefined ? {} : { details }),
    childCount: cell.children.size,
    ...(depth <= 0
      ? {}
      : { children: Array.from(cell.children.values(), (child) => describeCell(child, depth - 1)) }),
  };
}

// A look at an actor must not be able to hurt it or the onlooker.
function describeState(cell: Cell): Readonly<Record<string, unknown>> | undefined {
  const { describe } = cell.definition;
  if (describe === undefined || !cell.hasState) return undefined;
  try {
    return describe(cell.state as never);
  } catch (error) {
    return { describeFailed: asError(error).message };
  }
}

function prune(node: TreeNode, filter: (node: TreeNode) => boolean): TreeNode | undefined {
  const children = node.children?.flatMap((child) => prune(child, filter) ?? []);
  if ((children === undefined || children.length === 0) && !filter(node)) return undefined;
  return children === undefined ? node : { ...node, children };
}
