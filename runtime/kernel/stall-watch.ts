import { Fault } from "../fault.ts";
import { Deadline } from "../time/deadlines.ts";
import type { Cell } from "./cell.ts";
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

  constructor(cell: Cell, silence: Silence, deadlineMs: number) {
    super();
    this.#cell = cell;
    this.silence = silence;
    this.deadlineMs = deadlineMs;
  }

  /** Begins to wait, or begins anew. */
  restart(): void {
    this.#cell.system.activeDeadlines.add(this, this.deadlineMs);
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
  const withinMs = progressWithinMs(cell);
  if (withinMs === Number.POSITIVE_INFINITY) return;
  const watch = (cell.rare.turnWatch ??= new StallWatch(cell, "turn", withinMs));
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

/** The life is over, and its duty with it. */
export function endDuty(cell: Cell): void {
  cell.extras?.dutyWatch?.cancel();
}

/** The actor says that it is at work. */
export function beat(cell: Cell, note: string | undefined): void {
  const { rare } = cell;
  rare.lastBeat = { atMs: cell.system.clock.wallMs(), note };
  if (rare.turnWatch?.queue !== undefined) rare.turnWatch.restart();
  if (rare.dutyWatch?.queue !== undefined) rare.dutyWatch.restart();
}
