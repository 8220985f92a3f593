import { backoffMs } from "../../../runtime/time/backoff.ts";
import type { Backoff } from "../../../runtime/time/backoff.ts";
import type { Remedy } from "../source.ts";

/** When a partition that just had something is looked at again, in milliseconds. */
const HOT_MS = 50;
/** When one that had nothing is, in milliseconds: ten looks a second. */
const IDLE_MS = 100;
/** One that had nothing for so long is looked at less often, in milliseconds. */
const QUIET_AFTER_MS = 60_000;
/** By then it is looked at half as often each time, in milliseconds. */
const QUIET_STEP_MS = 10_000;
/** But at least so often, in milliseconds. */
const QUIET_MAX_MS = 1_000;
/** A read that brought so much is worth another one at once, in bytes. */
const FULL_BYTES = 1_048_576;

/** What a read has brought. */
export interface ReadYield {
  readonly isAtEnd: boolean;
  /** Whether it has come further. */
  readonly hasMoved: boolean;
  readonly units: number;
  readonly unitsMax: number;
  readonly bytes: number;
}

/** When to read next, in milliseconds from the last read; `quietMs` is for how long nothing has come. Pure. */
export function nextReadMs(read: ReadYield, quietMs: number): number {
  const { isAtEnd, hasMoved, units, unitsMax, bytes } = read;
  // While it is behind at once, but never more than twenty small reads a second: sources count reads.
  const isFull = units >= unitsMax || bytes >= FULL_BYTES || (units === 0 && hasMoved);
  if (!isAtEnd) return isFull ? 0 : HOT_MS;
  if (units > 0) return HOT_MS;
  if (quietMs < QUIET_AFTER_MS) return IDLE_MS;
  const steps = Math.floor((quietMs - QUIET_AFTER_MS) / QUIET_STEP_MS) + 1;
  return Math.min(QUIET_MAX_MS, IDLE_MS * 2 ** Math.min(steps, 10));
}

const BACKOFFS: Readonly<Record<Exclude<Remedy, "leave">, Backoff>> = {
  retry: { minMs: 100, maxMs: 5_000, jitter: 0.5 },
  shrink: { minMs: 100, maxMs: 5_000, jitter: 0.5 },
  slowDown: { minMs: 500, maxMs: 30_000, jitter: 0.5 },
  wait: { minMs: 5_000, maxMs: 30_000, jitter: 0.2 },
  escalate: { minMs: 10_000, maxMs: 60_000, jitter: 0.2 },
};

/** When to try again after so many failures in a row, in milliseconds. Pure: `random` is a number in [0, 1). */
export function retryMs(remedy: Exclude<Remedy, "leave">, failures: number, random: number): number {
  return backoffMs(BACKOFFS[remedy], failures - 1, random);
}
