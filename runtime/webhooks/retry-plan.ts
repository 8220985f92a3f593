import type { Backoff } from "../time/backoff.ts";
import { backoffMs } from "../time/backoff.ts";

/** How long a delivery is tried. */
export interface RetryRules {
  readonly backoff: Backoff;
  /** Tries of one delivery, the first included. */
  readonly attemptsMax: number;
  /** No try is made when a delivery is older than this, in milliseconds. */
  readonly ageMaxMs: number;
  /** The longest time that a receiver may ask for, in milliseconds. */
  readonly retryAfterMaxMs: number;
}

/** Where a delivery stands after a try that failed. */
export interface FailedTry {
  /** Tries so far. */
  readonly attempts: number;
  readonly ageMs: number;
  /** What the receiver asked for. */
  readonly afterMs?: number | undefined;
  /** In [0, 1). */
  readonly random: number;
}

/** What to do next. */
export type RetryStep =
  | { readonly kind: "retry"; readonly inMs: number }
  | { readonly kind: "giveUp"; readonly why: string };

/** Decides about the next try: exponential, spread by chance, never sooner than the receiver asked for. Pure. */
export function nextStep(rules: RetryRules, { attempts, ageMs, afterMs = 0, random }: FailedTry): RetryStep {
  if (attempts >= rules.attemptsMax) return { kind: "giveUp", why: `after ${attempts} tries` };
  const askedMs = Math.min(afterMs, rules.retryAfterMaxMs);
  const inMs = Math.max(askedMs, backoffMs(rules.backoff, attempts - 1, random));
  if (ageMs + inMs <= rules.ageMaxMs) return { kind: "retry", inMs };
  return {
    kind: "giveUp",
    why: `the next try would come later than ${Math.round(rules.ageMaxMs / 1_000)} s after it was accepted`,
  };
}
