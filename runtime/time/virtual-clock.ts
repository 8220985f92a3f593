import type { Cancel, Clock } from "./clock.ts";

interface Task {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that passes only when a test says so; what falls due together runs in the order in which it was scheduled. */
export class VirtualClock implements Clock {
  readonly #tasks = new Set<Task>();
  readonly #startWallMs: number;
  #nowMs = 0;
  #order = 0;

  /** @param startWallMs what `wallMs` answers before any time has passed */
  constructor(startWallMs = 0) {
    this.#startWallMs = startWallMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startWallMs + this.#nowMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const task = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, run };
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  /** Moves to the next scheduled moment within `limitMs` from now and runs what is due then; false when there is none. */
  step(limitMs: number): boolean {
    const next = this.#next();
    if (next === undefined || next.dueMs > this.#nowMs + limitMs) return false;
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    this.#tasks.delete(next);
    next.run();
    return true;
  }

  /** Lets `durationMs` pass, running everything that falls due on the way, also what is scheduled meanwhile. */
  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    while (this.step(endMs - this.#nowMs));
    this.#nowMs = endMs;
  }

  /** Lets time pass while nothing can run, as when a process is stopped: what falls due meanwhile runs late. */
  pause(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  #next(): Task | undefined {
    let next: Task | undefined;
    for (const task of this.#tasks) {
      if (
        next === undefined ||
        task.dueMs < next.dueMs ||
        (task.dueMs === next.dueMs && task.order < next.order)
      ) {
        next = task;
      }
    }
    return next;
  }
}
