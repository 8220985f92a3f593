/** How fast frames may come. */
export interface Rate {
  readonly messagesPerSecond: number;
  /** How many may come at once. */
  readonly burst: number;
}

/** What one frame costs. Credit is counted in thousandths of a frame, so that whole rates and milliseconds are never rounded. */
const FRAME_COST = 1_000;

/** Counts what one sender sends against a rate: a bucket that fills evenly, and each frame takes its cost out. Pure. */
export class TokenBucket {
  readonly #rate: Rate;
  #credit: number;
  #filledMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#credit = rate.burst * FRAME_COST;
    this.#filledMs = nowMs;
  }

  /** Takes a frame's cost. Answers 0 when there was as much, else in how many milliseconds there will be. */
  take(nowMs: number): number {
    this.#fill(nowMs);
    const missing = FRAME_COST - this.#credit;
    if (missing > 0) return Math.ceil(missing / this.#rate.messagesPerSecond);
    this.#credit -= FRAME_COST;
    return 0;
  }

  /** What may be taken at once, in thousandths of a frame. */
  get credit(): number {
    return this.#credit;
  }

  /** Goes on from what another bucket of the same sender had left. */
  adopt(credit: number): void {
    this.#credit = Math.min(this.#rate.burst * FRAME_COST, Math.max(0, Math.trunc(credit)));
  }

  #fill(nowMs: number): void {
    if (nowMs === this.#filledMs) return;
    const passedMs = Math.max(0, nowMs - this.#filledMs);
    const { burst, messagesPerSecond } = this.#rate;
    this.#credit = Math.min(burst * FRAME_COST, this.#credit + passedMs * messagesPerSecond);
    this.#filledMs = nowMs;
  }
}
