import type { Clock } from "../time/clock.ts";
import type { Cell } from "./cell.ts";

/** How long one drain may hold the event loop before I/O and timers get their turn, in milliseconds. */
const BUDGET_MS = 5;
/** Messages that one actor handles before the next one has its turn. */
const VISIT_MAX = 8;
/** Messages between two looks at the clock. */
const CLOCK_EVERY = 8;

/** Has a task run in a macrotask of its own, soon. */
export type Schedule = (task: () => void) => void;

/**
 * Gives turns to the actors that have mail, in the order in which they got it. One macrotask serves many actors, but
 * only within a time budget, so that a flood of messages starves neither I/O nor timers.
 */
export class Dispatcher {
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  #serving: (Cell | undefined)[] = [];
  #served = 0;
  #waiting: Cell[] = [];
  #isArmed = false;
  /** The actor whose handler is on the stack. */
  running: Cell | undefined = undefined;
  #tick = 0;

  constructor(clock: Clock, schedule: Schedule) {
    this.#clock = clock;
    this.#schedule = schedule;
  }

  /** The time, good enough for the age of mail: the clock is not read again while the dispatcher is at work or about to be. */
  tick(): number {
    if (!this.#isArmed && this.running === undefined) this.#tick = this.#clock.nowMs();
    return this.#tick;
  }

  /** Queues an actor for its next turn. The caller makes sure that it is not queued already. */
  enqueue(cell: Cell): void {
    this.#waiting.push(cell);
    // Within a drain the loop itself comes to it.
    if (!this.#isArmed && this.running === undefined) this.#arm();
  }

  /** Serves what is queued now instead of in the next macrotask; does nothing inside a handler. */
  pump(): void {
    if (this.running !== undefined) return;
    this.#drain();
    if (this.#hasWork() && !this.#isArmed) this.#arm();
  }

  #arm(): void {
    this.#isArmed = true;
    this.#tick = this.#clock.nowMs();
    this.#schedule(this.#onTurn);
  }

  readonly #onTurn = (): void => {
    this.#isArmed = false;
    this.pump();
  };

  #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#served < this.#serving.length;
  }

  #drain(): void {
    const endMs = (this.#tick = this.#clock.nowMs()) + BUDGET_MS;
    let untilLook = CLOCK_EVERY;
    for (let cell = this.#take(); cell !== undefined; cell = this.#take()) {
      this.running = cell;
      untilLook -= cell.run(VISIT_MAX);
      this.running = undefined;
      if (cell.queued) this.#waiting.push(cell);
      if (untilLook > 0) continue;
      untilLook = CLOCK_EVERY;
      this.#tick = this.#clock.nowMs();
      if (this.#tick >= endMs) return;
    }
  }

  // Two arrays take turns: one is served from its front while the other fills, so that neither ever shifts.
  #take(): Cell | undefined {
    if (this.#served === this.#serving.length) {
      if (this.#waiting.length === 0) return undefined;
      this.#serving.length = 0;
      [this.#serving, this.#waiting] = [this.#waiting, this.#serving as Cell[]];
      this.#served = 0;
    }
    const cell = this.#serving[this.#served];
    this.#serving[this.#served++] = undefined;
    return cell;
  }
}
