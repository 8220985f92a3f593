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
  // The actors in line, chained through `nextQueued`.
  #first: Cell | undefined = undefined;
  #last: Cell | undefined = undefined;
  #isArmed = false;
  /** Whether a door is about to pump, and since when. */
  #isHeld = false;
  #heldAtMs = 0;
  /** The actor whose handler is on the stack. */
  running: Cell | undefined = undefined;
  /** When the message whose turn began last had arrived: what a trace tells of its wait. */
  mailTick = 0;
  #tick = 0;

  constructor(clock: Clock, schedule: Schedule) {
    this.#clock = clock;
    this.#schedule = schedule;
  }

  /**
   * The time in whole milliseconds, good enough for the age of mail: the clock is not read again while the dispatcher
   * is at work or about to be.
   */
  tick(): number {
    if (!this.#isArmed && !this.#isHeld && this.running === undefined) this.#look();
    return this.#tick;
  }

  /** What `tick` answered last. */
  get lastTick(): number {
    return this.#tick;
  }

  /** Queues an actor for its next turn. The caller makes sure that it is not queued already. */
  enqueue(cell: Cell): void {
    this.#append(cell);
    // Within a drain the loop itself comes to it.
    if (!this.#isArmed && !this.#isHeld && this.running === undefined) this.#arm();
  }

  /** A door has begun a read, and will pump at its end: until then no macrotask is asked for. Answers the time. */
  hold(): number {
    if (this.running === undefined) this.#isHeld = true;
    return (this.#heldAtMs = this.#look());
  }

  /** Serves what is queued now instead of in the next macrotask; does nothing inside a handler. */
  pump(): void {
    if (this.running !== undefined) return;
    // A read is short: the time at its beginning will do, and the clock is read once less for each.
    const startMs = this.#isHeld ? this.#heldAtMs : this.#look();
    this.#isHeld = false;
    try {
      this.#drain(startMs + BUDGET_MS);
    } finally {
      if (this.#first !== undefined && !this.#isArmed) this.#arm();
    }
  }

  #arm(): void {
    this.#isArmed = true;
    this.#look();
    this.#schedule(this.#onTurn);
  }

  readonly #onTurn = (): void => {
    this.#isArmed = false;
    this.pump();
  };

  #drain(endMs: number): void {
    let untilLook = CLOCK_EVERY;
    for (let cell = this.#take(); cell !== undefined; cell = this.#take()) {
      untilLook -= this.#visit(cell);
      if (untilLook > 0) continue;
      untilLook = CLOCK_EVERY;
      if (this.#look() >= endMs) return;
    }
  }

  #visit(cell: Cell): number {
    this.running = cell;
    try {
      return cell.run(VISIT_MAX);
    } finally {
      this.running = undefined;
      if (cell.queued) this.#append(cell);
    }
  }

  #look(): number {
    const nowMs = this.#clock.nowMs();
    this.#tick = Math.trunc(nowMs);
    return nowMs;
  }

  #append(cell: Cell): void {
    if (this.#last === undefined) this.#first = cell;
    else this.#last.nextQueued = cell;
    this.#last = cell;
  }

  #take(): Cell | undefined {
    const cell = this.#first;
    if (cell === undefined) return undefined;
    this.#first = cell.nextQueued;
    if (this.#first === undefined) this.#last = undefined;
    cell.nextQueued = undefined;
    return cell;
  }
}
