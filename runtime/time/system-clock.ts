import type { Cancel, Clock } from "./clock.ts";

/** The longest delay that a platform timer takes, in milliseconds (2^31 - 1, about 24.8 days). */
const TIMER_DELAY_MAX_MS = 2_147_483_647;

/** Real time. */
export class SystemClock implements Clock {
  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  after(delayMs: number, task: () => void): Cancel {
    const timer = setTimeout(task, Math.min(delayMs, TIMER_DELAY_MAX_MS));
    return () => clearTimeout(timer);
  }
}
