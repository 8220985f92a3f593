/** Heartbeats come so often at most and at least, in milliseconds. */
const BEAT_MIN_MS = 500;
const BEAT_MAX_MS = 5_000;
/** What is being stored when reading stops may take so long, in milliseconds. */
const STORE_WITHIN_MS = 5_000;

/** The times by which a consumer keeps what it holds. */
export interface LeaseTimes {
  readonly beatEveryMs: number;
  /** So long after a heartbeat was sent that was answered, reading ends: the rest of the timeout is for what is being stored. */
  readonly readForMs: number;
}

/** The times of a group whose consumers may be silent for so long. Pure. */
export function leaseTimes(timeoutMs: number): LeaseTimes {
  const beatEveryMs = Math.min(BEAT_MAX_MS, Math.max(BEAT_MIN_MS, timeoutMs / 5));
  const spareMs = Math.max(timeoutMs / 4, Math.min(STORE_WITHIN_MS, timeoutMs / 2));
  return { beatEveryMs, readForMs: timeoutMs - spareMs };
}
