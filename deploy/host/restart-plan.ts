import type { HostSettings } from "../../protocols/host-settings.ts";
import { budgetLeft, spend } from "../../runtime/supervision/restart-budget.ts";
import type { RestartHistory } from "../../runtime/supervision/restart-budget.ts";
import { backoffMs } from "../../runtime/time/backoff.ts";

/** The settings that say how fast a worker is started anew. */
export type RestartRule = Pick<
  HostSettings,
  "restarts" | "restartWindowMs" | "restartAfterMs" | "restartAfterMaxMs" | "retryEveryMs"
>;

/** The next try to start a worker, and the history that it leaves. */
export interface PlannedRestart {
  readonly delayMs: number;
  /** The quick restarts are used up: something must be repaired, and until then it is tried now and then. */
  readonly isSlow: boolean;
  readonly history: RestartHistory;
}

/** The share of a delay that chance decides, so that hosts which fail together do not try together. */
const JITTER = 0.2;

/** When to start a worker anew after it has ended. Pure: `random` is at least 0 and below 1. */
export function planRestart(
  rule: RestartRule,
  earlier: RestartHistory,
  { nowMs, random }: { readonly nowMs: number; readonly random: number },
): PlannedRestart {
  const budget = { max: rule.restarts, withinMs: rule.restartWindowMs };
  const history = spend(earlier, budget, nowMs);
  if (budgetLeft(history, budget, nowMs) < 0) return { delayMs: rule.retryEveryMs, isSlow: true, history };
  const backoff = { minMs: rule.restartAfterMs, maxMs: rule.restartAfterMaxMs, jitter: JITTER };
  return { delayMs: backoffMs(backoff, history.length - 1, random), isSlow: false, history };
}
