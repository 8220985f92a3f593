import type { Cell } from "./cell.ts";
import { cellsBelow } from "./cells-below.ts";
import { beginDrain, isDraining } from "./drain.ts";
import { hold, HOLD, isHeld, letGo } from "./hold.ts";
import { beginRestart, hurry } from "./life.ts";
import { PHASE } from "./phase.ts";
import { cellMeant } from "./tree-node.ts";

/** What an operator may have an actor do. */
export type SteeringAct = "suspend" | "resume" | "restart" | "stop" | "drain";

/** Whom it is about: the actor at a path, or all actors of a type. */
export type SteeringTarget = { readonly path: string } | { readonly type: string };

/** An actor that was left as it is, and why, in words. */
export interface Unsteered {
  readonly path: string;
  readonly reason: string;
}

/** What became of it. What was begun shows in the tree. */
export interface Steered {
  /** How many actors were meant; none when there is nobody at the path or of the type. */
  readonly matched: number;
  readonly done: number;
  /** Those that were left as they are; at most 100 are named. */
  readonly refused: readonly Unsteered[];
}

/** How many refusals are told one by one. */
const REFUSED_MAX = 100;

/** The node would serve on without a part of itself, and nothing would notice. */
const ESSENTIAL =
  "it would not come back until a reload or restart; suspend it, or stop the node with --node";

/** Carries one act out, or says why not. */
type Act = (cell: Cell) => string | undefined;

const ACTS: Readonly<Record<SteeringAct, Act>> = { suspend, resume, restart, stop, drain };

/** The hands of the operators: what they do to actors by path or by type. No budget is charged, nobody's failure is counted. */
export class Steering {
  readonly #root: Cell;

  constructor(root: Cell) {
    this.#root = root;
  }

  /** Has the actors meant do it, parents before children. */
  steer(act: SteeringAct, target: SteeringTarget): Steered {
    const refused: Unsteered[] = [];
    let done = 0;
    const cells = this.#find(target);
    for (const cell of cells) {
      const reason = this.#refusal(cell, act) ?? ACTS[act](cell);
      if (reason === undefined) done++;
      else if (refused.length < REFUSED_MAX) refused.push({ path: cell.pathText, reason });
    }
    if (cells.length > 0) this.#log(act, target, done);
    return { matched: cells.length, done, refused };
  }

  #find(target: SteeringTarget): Cell[] {
    if ("type" in target) return [...cellsBelow(this.#root)].filter((cell) => isOfType(cell, target.type));
    const cell = cellMeant(this.#root, target.path);
    return cell === undefined ? [] : [cell];
  }

  // Whoever reads only the log should see that not the actors did this.
  #log(act: SteeringAct, target: SteeringTarget, reached: number): void {
    const whom = "path" in target ? target.path : `type ${target.type}`;
    this.#root.system.log.info("operator.acted", { act, target: whom, reached });
  }

  #refusal(cell: Cell, act: SteeringAct): string | undefined {
    if (cell === this.#root) return "the root stands for the whole node, and cannot be steered";
    if (cell.phase >= PHASE.stopping) return "it is stopping";
    const isEnd = act === "stop" || act === "drain";
    if (isEnd && cell.definition.essential === true) return ESSENTIAL;
    return undefined;
  }
}

function isOfType(cell: Cell, type: string): boolean {
  return cell.definition.type === type;
}

function suspend(cell: Cell): string | undefined {
  if (isHeld(cell, HOLD.operator)) return "it is suspended already";
  hold(cell, HOLD.operator);
  return undefined;
}

function resume(cell: Cell): string | undefined {
  if (!isHeld(cell, HOLD.operator)) return "it is not suspended";
  letGo(cell, HOLD.operator);
  return undefined;
}

function restart(cell: Cell): string | undefined {
  if (isHeld(cell, HOLD.handOver)) return "its state is being handed over";
  if (cell.definition.restart === "temporary") return "it is temporary: it has one life only";
  if (cell.phase === PHASE.restarting) return "it is restarting already";
  if (cell.phase === PHASE.waiting) {
    hurry(cell);
    return undefined;
  }
  // No delay, and nothing in its history: a supervisor is not asked, so no budget is charged.
  beginRestart(cell);
  return undefined;
}

function stop(cell: Cell): undefined {
  cell.stop();
}

function drain(cell: Cell): string | undefined {
  if (cell.extras !== undefined && cell.extras.holds !== 0) {
    return "it is suspended and would not finish: resume it, or stop it";
  }
  if (isDraining(cell)) return "it is draining already";
  beginDrain(cell);
  return undefined;
}
