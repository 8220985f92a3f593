import type { Supervision } from "../supervision/restart-policy.ts";
import { supervisionOf } from "./budgets.ts";
import type { Cell } from "./cell.ts";
import type { FailureRecord } from "./failure-record.ts";
import type { Stall } from "./stall-log.ts";
import { describeTree, cellMeant } from "./tree-node.ts";
import type { TreeNode } from "./tree-node.ts";

/** Stalls of one actor that are told. */
const STALLS_MAX = 20;

/** Why an actor is as it is: everything that went wrong with it of late, and what its supervisor would do next. */
export interface Why {
  readonly actor: TreeNode;
  /** Undefined for the root. */
  readonly supervisor: ({ readonly path: string } & Supervision) | undefined;
  /** Newest first, with stacks. */
  readonly failures: readonly FailureRecord[];
  /** Of whoever stood at this path, newest first. */
  readonly stalls: readonly Stall[];
  /** Messages of this path that are in quarantine. */
  readonly quarantined: number;
  /** Turns of this actor that were given up and have not ended. */
  readonly zombies: number;
}

/** Answers `why` for the actor at a path; undefined when there is none. */
export function whyOf(root: Cell, path: string): Why | undefined {
  const cell = cellMeant(root, path);
  const actor = describeTree(root, { path, depth: 0 });
  if (cell === undefined || actor === undefined) return undefined;
  const { stalls, quarantine, zombies } = cell.system;
  const isHere = (entry: { readonly path: string }): boolean => entry.path === actor.path;
  const supervisor = cell === root ? undefined : (cell.parent as Cell);
  return {
    actor,
    supervisor:
      supervisor === undefined ? undefined : { path: supervisor.pathText, ...supervisionOf(supervisor) },
    failures: cell.extras?.failures ?? [],
    stalls: stalls.recent().filter(isHere).slice(0, STALLS_MAX),
    quarantined: quarantine.entries().filter(isHere).length,
    zombies: zombies.countOf(cell),
  };
}
