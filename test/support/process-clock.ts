import type { Cancel, Clock } from "../../runtime/time/clock.ts";
import type { VirtualClock } from "../../runtime/time/virtual-clock.ts";
import { microtasks } from "./virtual-system.ts";

/** The clock of one process of many on the same virtual time: it can be paused alone, and its machine's clocks can go wrong. */
export class ProcessClock implements Clock {
  readonly #world: VirtualClock;
  #late: (() => void)[] | undefined = undefined;
  #stoodStillMs = 0;
  /** By how much timers come too early, as those of a platform do that counts whole milliseconds. */
  timersEarlyMs = 0;
  /** By how much the wall clock was set. */
  wallStepMs = 0;

  constructor(world: VirtualClock) {
    this.#world = world;
  }

  nowMs(): number {
    return this.#world.nowMs() - this.#stoodStillMs;
  }

  wallMs(): number {
    return this.#world.wallMs() + this.wallStepMs;
  }

  after(delayMs: number, task: () => void): Cancel {
    let isCancelled = false;
    const earlyMs = delayMs > 1 ? this.timersEarlyMs : 0;
    const cancel = this.#world.after(delayMs - earlyMs, () => this.run(() => isCancelled || task()));
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  /** Runs something in this process: now, or when it is resumed. */
  run(task: () => void): void {
    if (this.#late === undefined) task();
    else this.#late.push(task);
  }

  /** As SIGSTOP does. */
  pause(): void {
    this.#late ??= [];
  }

  /** As SIGCONT does; a machine that was suspended has a monotonic clock that stood still. What is late runs when `runLate` is called. */
  resume({ stoodStillMs = 0 } = {}): { runLate(): Promise<void> } {
    const late = this.#late ?? [];
    this.#late = undefined;
    this.#stoodStillMs += stoodStillMs;
    return {
      runLate: async () => {
        for (const task of late) {
          task();
          await microtasks();
        }
      },
    };
  }
}
