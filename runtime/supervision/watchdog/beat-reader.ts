/** What the latest look at the beats of a loop says. */
export type Reading =
  | { readonly kind: "alive" }
  /** The loop has not ticked for `forMs`. */
  | { readonly kind: "silent"; readonly forMs: number };

/** A look that comes this many periods late means that the whole process was paused, and says nothing about the loop. */
const LATE_PERIODS = 3;

/**
 * Judges an event loop by a counter that it increments. Pure: whoever looks passes the count and the time.
 * The looks themselves are the guard against pauses: both threads stop together, but only the loop can block alone.
 */
export class BeatReader {
  readonly #periodMs: number;
  #count = -1;
  #aliveAtMs = 0;
  #lookedAtMs = 0;

  /** @param periodMs how often somebody means to look */
  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  look(count: number, nowMs: number): Reading {
    const wasPaused = nowMs - this.#lookedAtMs > this.#periodMs * LATE_PERIODS;
    this.#lookedAtMs = nowMs;
    if (count !== this.#count || wasPaused) {
      this.#count = count;
      this.#aliveAtMs = nowMs;
      return { kind: "alive" };
    }
    return { kind: "silent", forMs: nowMs - this.#aliveAtMs };
  }
}
