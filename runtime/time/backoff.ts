/** How long to wait before the n-th try: doubling from `minMs` up to `maxMs`, spread by `jitter`. */
export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
  /** The share of the delay that chance decides, 0 (none) to 1 ("full jitter"). */
  readonly jitter: number;
}

/**
 * The delay before try `attempt` (0 = the first repeat), in milliseconds. Pure: `random` is a number in [0, 1).
 * Full jitter spreads a herd best: Brooker, "Exponential Backoff And Jitter", 2015.
 */
export function backoffMs(backoff: Backoff, attempt: number, random: number): number {
  const ceilingMs = Math.min(backoff.maxMs, backoff.minMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceilingMs * (1 - backoff.jitter * random));
}
