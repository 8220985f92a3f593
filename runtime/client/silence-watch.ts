import type { Cancel, Clock } from "../time/clock.ts";

/** A timer this late was held up by the machine, in milliseconds: frames may lie unread, so the server gets another moment. */
const LATE_MS = 1_000;

/** Notices when nothing was heard for a while. Hearing something costs one assignment, not a timer. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #onSilence: () => void;
  #limitMs = 0;
  #heardAtMs = 0;
  #stopTimer: Cancel | undefined;

  constructor(clock: Clock, onSilence: () => void) {
    this.#clock = clock;
    this.#onSilence = onSilence;
  }

  /** @param limitMs how long the silence may last, in milliseconds */
  start(limitMs: number): void {
    this.stop();
    this.#limitMs = limitMs;
    this.heard();
    this.#wait(limitMs);
  }

  heard(): void {
    this.#heardAtMs = this.#clock.nowMs();
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #wait(delayMs: number): void {
    const dueMs = this.#clock.nowMs() + delayMs;
    this.#stopTimer = this.#clock.after(delayMs, () => this.#look(this.#clock.nowMs() - dueMs));
  }

  #look(lateMs: number): void {
    const restMs = this.#heardAtMs + this.#limitMs - this.#clock.nowMs();
    if (restMs > 0) this.#wait(restMs);
    else if (lateMs > LATE_MS) this.#wait(LATE_MS);
    else this.#onSilence();
  }
}
