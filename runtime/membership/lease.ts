/** The times of a member's lease, in milliseconds. */
export interface LeaseTimes {
  readonly renewEveryMs: number;
  /** A member stops acting so long after it *sent* the last renewal that was acknowledged, on its monotonic clock. */
  readonly fenceAfterMs: number;
  /** A lease lapses so long after the table *received* the last renewal, on the table's clock. */
  readonly ttlMs: number;
  /** A member is removed so long after its lease has lapsed. */
  readonly removeAfterMs: number;
}

/** For networks and machines as they are: a member that was paused stops 3 s before anybody may take its place. */
export const SAFE_LEASE: LeaseTimes = {
  renewEveryMs: 1_000,
  fenceAfterMs: 4_000,
  ttlMs: 6_000,
  removeAfterMs: 1_000,
};

/** For one machine or a quiet network: a kill is noticed within two seconds, and so is many a pause that is none. */
export const FAST_LEASE: LeaseTimes = {
  renewEveryMs: 250,
  fenceAfterMs: 1_000,
  ttlMs: 1_500,
  removeAfterMs: 250,
};

/** How many renewals in a row may be lost before a member stops; fewer would make a lost packet a stop. */
const RENEWALS_BEFORE_FENCE_MIN = 3;
/** What a lease is longer than the time to the fence by, in percent: clocks differ in rate. */
const CLOCK_SPREAD_PERCENT = 10;

/** Why a lease with these times would be unsafe or useless, in words; undefined when it is sound. */
export function leaseProblem(times: LeaseTimes): string | undefined {
  const { renewEveryMs, fenceAfterMs, ttlMs, removeAfterMs } = times;
  if (![renewEveryMs, fenceAfterMs, ttlMs, removeAfterMs].every((ms) => Number.isInteger(ms) && ms > 0)) {
    return "every time of a lease should be a whole number of milliseconds above 0";
  }
  if (fenceAfterMs < renewEveryMs * RENEWALS_BEFORE_FENCE_MIN) {
    return `a lease that is renewed every ${renewEveryMs} ms should not be given up before ${renewEveryMs * RENEWALS_BEFORE_FENCE_MIN} ms`;
  }
  if (ttlMs < shortestLeaseMs(fenceAfterMs)) {
    return `a member that stops after ${fenceAfterMs} ms needs a lease of at least ${shortestLeaseMs(fenceAfterMs)} ms`;
  }
  return undefined;
}

/**
 * Until when a member may act. It counts from when a renewal was sent, while the table counts from when it came: so the member
 * always stops first, however long either way took (Gray and Cheriton, "Leases", 1989). Takes the time from its caller.
 */
export class Lease {
  readonly #fenceAfterMs: number;
  #sentAtMs = Number.NEGATIVE_INFINITY;

  constructor(times: LeaseTimes) {
    this.#fenceAfterMs = times.fenceAfterMs;
  }

  /** When the member has to stop unless another renewal is acknowledged. */
  get fenceAtMs(): number {
    return this.#sentAtMs + this.#fenceAfterMs;
  }

  isHeldAt(nowMs: number): boolean {
    return nowMs < this.fenceAtMs;
  }

  /** A renewal that was sent then has been acknowledged; acknowledgements may come in any order. */
  acknowledge(sentAtMs: number): void {
    this.#sentAtMs = Math.max(this.#sentAtMs, sentAtMs);
  }
}

function shortestLeaseMs(fenceAfterMs: number): number {
  return Math.ceil((fenceAfterMs * (100 + CLOCK_SPREAD_PERCENT)) / 100);
}
