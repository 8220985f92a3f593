/** How fast it falls back to a source that was set back: by so much of the time that passes. */
const BACKWARD_SHARE = 0.1;

/**
 * The time by which reminders fall due: milliseconds since 1970 that never go back. It follows its source (the wall clock of one machine; in a cluster
 * the clock of Redis) forward at once, because a machine that was suspended has lost that time, and a step forward looks the same. A source that was
 * set back is approached slowly: time that stood still would keep everybody waiting for as long as the step was wide. Pure: both clocks come from the caller.
 */
export class DueTime {
  #aheadMs: number | undefined = undefined;
  #nowMs = 0;

  /** Notes what the source says at a moment of the monotonic clock. */
  observe(sourceMs: number, nowMs: number): void {
    const measuredMs = sourceMs - nowMs;
    if (this.#aheadMs === undefined || measuredMs >= this.#aheadMs) this.#aheadMs = measuredMs;
    else {
      const passedMs = Math.max(0, nowMs - this.#nowMs);
      this.#aheadMs = Math.max(measuredMs, this.#aheadMs - passedMs * BACKWARD_SHARE);
    }
    this.#nowMs = nowMs;
  }

  /** The time at a moment of the monotonic clock, in whole milliseconds; after the first `observe`. */
  at(nowMs: number): number {
    return Math.floor(nowMs + (this.#aheadMs ?? 0));
  }
}
