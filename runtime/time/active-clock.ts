import type { Cancel, Clock } from "./clock.ts";

/** How often the clock makes sure that the process runs, in milliseconds. */
const TICK_MS = 50;
/** A tick that comes at most this much too late is chance, not a pause. */
const TOLERANCE_MS = 10;

/**
 * A clock that stands still while the process cannot act: stopped by a signal or a debugger, collecting garbage, or
 * blocked in one handler. A deadline on it blames nobody for time that nobody had; Lifeguard calls it doubting oneself
 * first (Dadgar, Phillips, Currey, 2017). It ticks only while something waits for it.
 */
export class ActiveClock implements Clock {
  readonly #clock: Clock;
  #waiting = 0;
  #isTicking = false;
  #lastTickMs = 0;
  #pausedMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long the process could not act while something waited, in milliseconds. */
  get pausedMs(): number {
    return this.#pausedMs + this.#overdueMs(this.#clock.nowMs());
  }

  nowMs(): number {
    const nowMs = this.#clock.nowMs();
    return nowMs - this.#pausedMs - this.#overdueMs(nowMs);
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  /** Runs `task` once, `delayMs` of real time from now: look at `nowMs` then, and wait again for what was lost to pauses. */
  after(delayMs: number, task: () => void): Cancel {
    this.#waiting++;
    if (this.#waiting === 1) this.#startTicking();
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      // Before nobody waits any more: whoever is called next wants to know of the pause that delayed it.
      if (this.#waiting === 1) this.#account();
      this.#waiting--;
    };
    const cancel = this.#clock.after(delayMs, () => {
      end();
      task();
    });
    return () => {
      end();
      cancel();
    };
  }

  #startTicking(): void {
    this.#lastTickMs = this.#clock.nowMs();
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#clock.after(TICK_MS, this.#tick);
  }

  readonly #tick = (): void => {
    this.#account();
    this.#isTicking = this.#waiting > 0;
    if (this.#isTicking) this.#clock.after(TICK_MS, this.#tick);
  };

  #account(): void {
    const nowMs = this.#clock.nowMs();
    this.#pausedMs += this.#overdueMs(nowMs);
    this.#lastTickMs = nowMs;
  }

  /** By how much the next tick is late. */
  #overdueMs(nowMs: number): number {
    if (this.#waiting === 0) return 0;
    return Math.max(0, nowMs - this.#lastTickMs - TICK_MS - TOLERANCE_MS);
  }
}
