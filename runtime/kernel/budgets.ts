import { budgetLeft } from "../supervision/restart-budget.ts";
import type { BudgetRule } from "../supervision/restart-budget.ts";
import { budgetFor, SUPERVISION_DEFAULT } from "../supervision/restart-policy.ts";
import type { FailureCause, Supervision } from "../supervision/restart-policy.ts";
import type { Cell } from "./cell.ts";
import { NO_HISTORY } from "./cell-extras.ts";

/** How an actor supervises its children, with everything that its definition leaves open. */
export function supervisionOf(supervisor: Cell): Supervision {
  return { ...SUPERVISION_DEFAULT, ...supervisor.definition.supervision };
}

/** Where the restarts are kept from which a child's budget is worked out: with itself, or with its supervisor for all. */
export interface HistoryPlace {
  readonly owner: Cell;
  readonly key: "history" | "childrenHistory";
}

/** Whose restarts count when a child fails. */
export function historiesOf(supervisor: Cell, child: Cell): HistoryPlace {
  return supervisionOf(supervisor).strategy === "oneForOne"
    ? { owner: child, key: "history" }
    : { owner: supervisor, key: "childrenHistory" };
}

/** How many more restarts are forgiven now, of how many within what time. */
export interface BudgetStanding extends BudgetRule {
  readonly left: number;
}

/** What is left of an actor's restart budgets. */
export type Budgets = Readonly<Record<FailureCause, BudgetStanding>>;

/** Nobody stands above the root: nothing is forgiven there. */
const NOTHING_LEFT: BudgetStanding = { left: 0, max: 0, withinMs: 0 };

/** How many restarts of this actor its supervisor still forgives. */
export function budgetsOf(cell: Cell): Budgets {
  if (cell === cell.system.root) return { crash: NOTHING_LEFT, stall: NOTHING_LEFT };
  const supervisor = cell.parent as Cell;
  const { owner, key } = historiesOf(supervisor, cell);
  const histories = owner.extras?.[key] ?? NO_HISTORY;
  const standing = (cause: FailureCause): BudgetStanding => {
    const rule = budgetFor(supervisionOf(supervisor), cause);
    const left = budgetLeft(histories[cause], rule, cell.system.clock.nowMs());
    return { left: Math.max(0, left), max: rule.max, withinMs: rule.withinMs };
  };
  return { crash: standing("crash"), stall: standing("stall") };
}
