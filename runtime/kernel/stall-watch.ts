import { Fault } from "../fault.ts";
import { Deadline } from "../time/deadlines.ts";
import type { Cell } from "./cell.ts";
import { PHASE } from "./phase.ts";
import type { Silence } from "./stall-log.ts";

/** How long an async turn may go on without progress unless the definition says otherwise. */
const PROGRESS_WITHIN_MS = 30_000;
/** Beats in a row that may be missed unless the duty says otherwise. */
const GRACE = 1;

/**
 * Waits for an actor to fall silent. It runs on time in which the process could act, so a paused process blames nobody;
 * and nothing is sent to the actor: progress moves the deadline, a passed deadline is the stall.
 */
export class StallWatch extends Deadline {
  readonly #cell: Cell;
  readonly silence: Silence;
  readonly deadlineMs: number;
  /** What was left when the actor was suspended; it stands still as long. */
  #pausedLeftMs: number | undefined = undefined;

  constructor(cell: Cell, silence: Silence, deadlineMs: number) {
    super();
    this.#cell = cell;
    this.silence = silence;
    this.deadlineMs = deadlineMs;
  }

  /** Whether the actor is to give a sign of life. */
  get isOn(): boolean {
    return this.queue !== undefined || this.#pausedLeftMs !== undefined;
  }

  /** How long it may still be silent. */
  get leftMs(): number {
    return Math.max(0, this.#pausedLeftMs ?? this.dueMs - this.#cell.system.activeClock.nowMs());
  }

  /** Begins to wait, or begins anew. */
  restart(): void {
    if (this.#cell.phase === PHASE.suspended) this.#pausedLeftMs = this.deadlineMs;
    else this.#cell.system.activeDeadlines.add(this, this.deadlineMs);
  }

  /** Lets the deadline stand still. */
  pause(): void {
    if (this.queue === undefined) return;
    this.#pausedLeftMs = this.leftMs;
    super.cancel();
  }

  /** Lets it go on from where it stood. */
  resume(): void {
    const leftMs = this.#pausedLeftMs;
    if (leftMs === undefined) return;
    this.#pausedLeftMs = undefined;
    this.#cell.system.activeDeadlines.add(this, leftMs);
  }

  override cancel(): void {
    this.#pausedLeftMs = undefined;
    super.cancel();
  }

  expire(): void {
    const { deadlineMs } = this;
    const fault = new Fault("actorStalled", { address: this.#cell.reference.address, deadlineMs });
    this.#cell.stalled(this, fault);
  }
}

/** How long an async turn of this actor may go on without progress. */
export function progressWithinMs(cell: Cell): number {
  return cell.definition.progressWithinMs ?? PROGRESS_WITHIN_MS;
}

/** The promise of a turn is pending from now on. */
export function beginTurnWatch(cell: Cell): void {
  const { rare } = cell;
  rare.busySinceMs = cell.system.dispatcher.tick();
  const withinMs = progressWithinMs(cell);
  if (withinMs === Number.POSITIVE_INFINITY) return;
  const watch = (rare.turnWatch ??= new StallWatch(cell, "turn", withinMs));
  watch.restart();
}

/** The turn is over, or given up: either way its message will not be tried again, so its strikes are forgotten. */
export function endTurnWatch(cell: Cell): void {
  const { extras, message } = cell;
  if (extras === undefined) return;
  extras.turnWatch?.cancel();
  if (extras.strikes?.message === message) extras.strikes = undefined;
}

/** A life has begun: its duty, if it has one, begins with it. */
export function beginDuty(cell: Cell): void {
  const { heartbeat } = cell.definition;
  if (heartbeat === undefined) return;
  const deadlineMs = heartbeat.everyMs * (1 + (heartbeat.grace ?? GRACE));
  cell.rare.dutyWatch = new StallWatch(cell, "heartbeat", deadlineMs);
  cell.rare.dutyWatch.restart();
}

/** The life is over, and what it had promised with it. */
export function endDuty(cell: Cell): void {
  cell.extras?.dutyWatch?.cancel();
  endWork(cell);
}

/** What the actor has begun outside of its turns is to make progress within so many milliseconds, from now on. */
export function beginWork(cell: Cell, withinMs: number): void {
  if (withinMs === Number.POSITIVE_INFINITY) return;
  const watch = (cell.rare.workWatch ??= new StallWatch(cell, "work", withinMs));
  watch.restart();
}

/** Nothing of the kind is under way any more. */
export function endWork(cell: Cell): void {
  cell.extras?.workWatch?.cancel();
}

/** The actor says that it is at work. */
export function beat(cell: Cell, note: string | undefined): void {
  const { rare } = cell;
  rare.lastBeat = { atMs: cell.system.clock.wallMs(), note };
  if (rare.turnWatch?.isOn === true) rare.turnWatch.restart();
  if (rare.dutyWatch?.isOn === true) rare.dutyWatch.restart();
}

/** Nothing is expected of an actor that may take no turns. */
export function pauseWatches(cell: Cell): void {
  cell.extras?.turnWatch?.pause();
  cell.extras?.dutyWatch?.pause();
  cell.extras?.workWatch?.pause();
}

/** It may take turns again, and is expected to. */
export function resumeWatches(cell: Cell): void {
  cell.extras?.turnWatch?.resume();
  cell.extras?.dutyWatch?.resume();
  cell.extras?.workWatch?.resume();
}
