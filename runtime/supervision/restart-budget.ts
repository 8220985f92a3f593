/** How many restarts are forgiven: at most `max` within any `withinMs`. */
export interface BudgetRule {
  readonly max: number;
  readonly withinMs: number;
}

/** The restarts that still count, oldest first. Pure data: every function returns a new one. */
export type RestartHistory = readonly number[];

/** The history after one more restart at `nowMs`, without those that have left the window. */
export function spend(history: RestartHistory, rule: BudgetRule, nowMs: number): RestartHistory {
  return [...history.filter((atMs) => nowMs - atMs < rule.withinMs), nowMs];
}

/** How many more restarts the rule forgives at `nowMs`; negative when it has been broken. */
export function budgetLeft(history: RestartHistory, rule: BudgetRule, nowMs: number): number {
  return rule.max - history.filter((atMs) => nowMs - atMs < rule.withinMs).length;
}
