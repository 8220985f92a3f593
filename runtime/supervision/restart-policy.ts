import { backoffMs } from "../time/backoff.ts";
import type { Backoff } from "../time/backoff.ts";
import { budgetLeft, spend } from "./restart-budget.ts";
import type { BudgetRule, RestartHistory } from "./restart-budget.ts";

/** Who is started anew when one child fails: it alone, all children, or it and those started after it. */
export type Strategy = "oneForOne" | "allForOne" | "restForOne";

/** How an actor supervises its children. */
export interface Supervision {
  readonly strategy: Strategy;
  /** One-for-one spends a budget for each child, the other strategies one for the supervisor. */
  readonly budget: BudgetRule;
  /** Restarts after a stall have a budget of their own, so that a slow dependency does not use up that for crashes. */
  readonly stallBudget: BudgetRule;
  readonly backoff: Backoff;
  /** What happens when the budget is spent: the supervisor fails in turn, or the child stays stopped. */
  readonly whenExhausted: "escalate" | "stop";
}

/** How an actor supervises its children unless its definition says otherwise. */
export const SUPERVISION_DEFAULT: Supervision = {
  strategy: "oneForOne",
  budget: { max: 5, withinMs: 60_000 },
  stallBudget: { max: 5, withinMs: 600_000 },
  backoff: { minMs: 100, maxMs: 10_000, jitter: 0.5 },
  whenExhausted: "escalate",
};

/** Why an actor needs its supervisor: it threw, or it fell silent. */
export type FailureCause = "crash" | "stall";

/** The budget from which restarts for a cause are spent. */
export function budgetFor(supervision: Supervision, cause: FailureCause): BudgetRule {
  return cause === "crash" ? supervision.budget : supervision.stallBudget;
}

/** What the supervisor does about a failed child. */
export type Directive =
  | {
      readonly kind: "restart";
      readonly scope: Strategy;
      readonly delayMs: number;
      readonly history: RestartHistory;
    }
  | { readonly kind: "stop" }
  | { readonly kind: "escalate"; readonly history: RestartHistory };

/** The failure that a decision is about. */
export interface Failure {
  readonly cause: FailureCause;
  readonly restart: "permanent" | "temporary";
  /** The restarts for the same cause that still count. */
  readonly history: RestartHistory;
  readonly nowMs: number;
  /** A number in [0, 1) that spreads the delay. */
  readonly random: number;
}

/**
 * Decides about a failed child. Pure.
 * The budget window is OTP's restart intensity; the delay doubles with each restart that still counts.
 */
export function decide(supervision: Supervision, failure: Failure): Directive {
  if (failure.restart === "temporary") return { kind: "stop" };
  const { backoff, strategy, whenExhausted } = supervision;
  const budget = budgetFor(supervision, failure.cause);
  const history = spend(failure.history, budget, failure.nowMs);
  if (budgetLeft(history, budget, failure.nowMs) < 0) {
    return whenExhausted === "stop" ? { kind: "stop" } : { kind: "escalate", history };
  }
  return {
    kind: "restart",
    scope: strategy,
    delayMs: backoffMs(backoff, history.length - 1, failure.random),
    history,
  };
}
