import type { Strategy } from "../supervision/restart-policy.ts";
import { actorName } from "../actor/actor-name.ts";
import { asError } from "./as-error.ts";
import { budgetsOf, supervisionOf } from "./budgets.ts";
import type { Budgets } from "./budgets.ts";
import type { Cell } from "./cell.ts";
import { isDraining } from "./drain.ts";
import type { FailureRecord } from "./failure-record.ts";
import { PHASE, phaseName } from "./phase.ts";
import type { PhaseName } from "./phase.ts";
import { pulseOf } from "./pulse.ts";
import type { Pulse } from "./pulse.ts";
import { waitingAt } from "./waiting.ts";
import type { Waiting } from "./waiting.ts";

/** Levels of children that a description shows unless it is asked for more. */
const DEPTH_DEFAULT = 3;

/** Where an actor stands, in the words of operators. */
export type TreeState = PhaseName | "draining";

/** An actor as operators see it. */
export interface TreeNode {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly state: TreeState;
  readonly incarnation: number;
  readonly mailbox: Waiting;
  readonly handled: number;
  readonly failed: number;
  /** Messages answered `busy`. */
  readonly refused: number;
  readonly restarts: number;
  /** Whether its supervisor may start it anew. */
  readonly restart: "permanent" | "temporary";
  /** The restarts that its supervisor still forgives. */
  readonly budgets: Budgets;
  /** Whom it starts anew when one of its children fails. */
  readonly supervision: { readonly strategy: Strategy };
  readonly pulse: Pulse;
  /** The message that waits to be tried again, and how often it has stalled the actor. */
  readonly strikes?: { readonly kind: string; readonly count: number };
  readonly lastFailure?: FailureRecord;
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
  const cell = cellMeant(root, query.path ?? "/");
  if (cell === undefined) return undefined;
  const node = describeCell(cell, query.depth ?? DEPTH_DEFAULT);
  return query.filter === undefined ? node : prune(node, query.filter);
}

/** The actor at a path of the form `/rooms/live$2ffinal`. */
export function findCell(root: Cell, path: string): Cell | undefined {
  const names = path.split("/").filter((name) => name !== "");
  return names.reduce<Cell | undefined>((cell, name) => cell?.children.get(name), root);
}

/** The actor that an operator means: by its path as it is, or as it reads, `/rooms/live/final`. */
export function cellMeant(root: Cell, path: string): Cell | undefined {
  const names = path.split("/").filter((name) => name !== "");
  let cell = root;
  for (const [index, name] of names.entries()) {
    const child = cell.children.get(name);
    // A name that holds slashes reads like a longer path, so what is left may be one name.
    if (child === undefined) return cell.children.get(actorName(names.slice(index).join("/")));
    cell = child;
  }
  return cell;
}

function describeCell(cell: Cell, depth: number): TreeNode {
  return {
    name: cell === cell.system.root ? cell.system.name : cell.name,
    path: cell.pathText,
    type: cell.definition.type,
    state: stateOf(cell),
    incarnation: cell.incarnation,
    mailbox: waitingAt(cell),
    handled: cell.handled,
    failed: cell.failed,
    refused: cell.refused,
    restarts: cell.restarts,
    restart: cell.definition.restart ?? "permanent",
    supervision: { strategy: supervisionOf(cell).strategy },
    budgets: budgetsOf(cell),
    pulse: pulseOf(cell),
    ...ifAny("strikes", strikesOf(cell)),
    ...ifAny("lastFailure", cell.extras?.failures[0]),
    uptimeMs: Math.round(cell.system.clock.nowMs() - cell.spawnedAtMs),
    ...ifAny("details", describeState(cell)),
    childCount: cell.children.size,
    ...(depth <= 0
      ? {}
      : { children: Array.from(cell.children.values(), (child) => describeCell(child, depth - 1)) }),
  };
}

function ifAny<K extends string, V>(key: K, value: V | undefined): { readonly [Key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [Key in K]?: V });
}

function strikesOf({ extras }: Cell): TreeNode["strikes"] {
  const strikes = extras?.strikes;
  return strikes === undefined ? undefined : { kind: strikes.message.kind, count: strikes.count };
}

function stateOf(cell: Cell): TreeState {
  return cell.phase === PHASE.running && isDraining(cell) ? "draining" : phaseName(cell.phase);
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
