import { Fault } from "../fault.ts";
import type { BudgetRule } from "../supervision/restart-budget.ts";
import { budgetFor, decide } from "../supervision/restart-policy.ts";
import type { Directive, FailureCause, Strategy } from "../supervision/restart-policy.ts";
import { historiesOf, supervisionOf } from "./budgets.ts";
import type { Cell } from "./cell.ts";
import { recordFailure } from "./failure-record.ts";
import { advance, beginRestart, beginStop } from "./life.ts";
import { PHASE } from "./phase.ts";

/** Records what went wrong and has the supervisor decide. */
export function fail(cell: Cell, error: unknown, kind: string | undefined): void {
  recordFailure(cell, error, { cause: "crash", kind });
  cell.system.log.warn("actor.failed", { path: cell.pathText, type: cell.definition.type, kind, err: error });
  if (cell.phase > PHASE.running) return advance(cell);
  callSupervisor(cell, error, "crash");
}

/** Has the supervisor decide about a failed actor. Nobody stands above the root: its failure is the node's. */
export function callSupervisor(cell: Cell, error: unknown, cause: FailureCause): void {
  if (cell === cell.system.root) cell.system.onRootFailed(error);
  else superviseFailure(cell.parent as Cell, cell, error, cause);
}

/** The supervisor's decision about a failed child, carried out. */
function superviseFailure(supervisor: Cell, child: Cell, error: unknown, cause: FailureCause): void {
  if (supervisor.phase >= PHASE.restarting) return beginStop(child);
  const supervision = supervisionOf(supervisor);
  const { owner, key } = historiesOf(supervisor, child);
  const histories = owner.rare[key];
  const directive = decide(supervision, {
    cause,
    restart: child.definition.restart ?? "permanent",
    history: histories[cause],
    nowMs: child.system.clock.nowMs(),
    random: child.system.random(),
  });
  if (directive.kind !== "stop") owner.rare[key] = { ...histories, [cause]: directive.history };
  carryOut(directive, { supervisor, child, error, budget: budgetFor(supervision, cause) });
}

interface FailureCase {
  readonly supervisor: Cell;
  readonly child: Cell;
  readonly error: unknown;
  readonly budget: BudgetRule;
}

function carryOut(directive: Directive, { supervisor, child, error, budget }: FailureCase): void {
  switch (directive.kind) {
    case "restart":
      for (const affected of inScope(supervisor, child, directive.scope)) {
        if (affected.definition.restart === "temporary") beginStop(affected);
        else beginRestart(affected, directive.delayMs);
      }
      return;
    case "stop":
      supervisor.system.log.error("actor.gaveUp", { path: child.pathText, supervisor: supervisor.pathText });
      return beginStop(child);
    case "escalate": {
      const { max, withinMs } = budget;
      supervisor.system.log.error("actor.escalated", {
        path: child.pathText,
        supervisor: supervisor.pathText,
        max,
        withinMs,
      });
      beginStop(child);
      const details = { child: child.pathText, max, withinMs };
      return fail(supervisor, new Fault("restartBudgetExhausted", details, { cause: error }), undefined);
    }
  }
}

function inScope(supervisor: Cell, child: Cell, scope: Strategy): readonly Cell[] {
  if (scope === "oneForOne") return [child];
  const all = [...supervisor.children.values()];
  return scope === "allForOne" ? all : all.slice(all.indexOf(child));
}
