import type { Cell } from "./cell.ts";
import { PHASE } from "./phase.ts";
import { pauseWatches, resumeWatches } from "./stall-watch.ts";

/** Who keeps an actor from taking turns: an operator, or a hand-over of its state. Both may at once; each is a bit. */
export const HOLD = { operator: 1, handOver: 2 } as const;
export type Hold = (typeof HOLD)[keyof typeof HOLD];

/** Whether this actor is held for that reason. */
export function isHeld(cell: Cell, by: Hold): boolean {
  return ((cell.extras?.holds ?? 0) & by) !== 0;
}

/**
 * Lets an actor take no more turns. Its mail waits, and so do its deadlines; a turn whose promise is pending goes on, and
 * a restart meanwhile changes nothing: the next life is held from its beginning.
 */
export function hold(cell: Cell, by: Hold): void {
  cell.rare.holds |= by;
  if (cell.phase !== PHASE.running) return;
  cell.phase = PHASE.suspended;
  pauseWatches(cell);
}

/** Lets it take turns again, unless somebody else holds it. */
export function letGo(cell: Cell, by: Hold): void {
  const { extras } = cell;
  if (extras === undefined) return;
  extras.holds &= ~by;
  if (cell.phase !== PHASE.suspended || extras.holds !== 0) return;
  cell.phase = PHASE.running;
  resumeWatches(cell);
  cell.wake();
}
