import type { Cell } from "./cell.ts";
import type { LastBeat } from "./cell-extras.ts";
import { TURN } from "./phase.ts";
import { progressWithinMs } from "./stall-watch.ts";

/** The signs of life of an actor, and the deadlines they have to meet. */
export interface Pulse {
  /** How long an async turn may go on without progress. */
  readonly progressWithinMs: number;
  /** The turn that is open now: the kind of its message, and how long it may still go on without progress. */
  readonly openTurn?: { readonly kind: string; readonly leftMs: number };
  /** The heartbeat duty, and how long it may still wait. */
  readonly heartbeat?: { readonly withinMs: number; readonly leftMs: number };
  readonly lastBeat?: LastBeat;
  readonly stalls: number;
}

/** What the tree says of an actor's signs of life. */
export function pulseOf(cell: Cell): Pulse {
  const { turnWatch, dutyWatch, lastBeat, stalls = 0 } = cell.extras ?? {};
  const nowMs = cell.system.activeClock.nowMs();
  const leftMs = (dueMs: number): number => Math.max(0, Math.round(dueMs - nowMs));
  const isOpen = cell.open === TURN.awaiting && turnWatch?.queue !== undefined;
  return {
    progressWithinMs: progressWithinMs(cell),
    ...(isOpen ? { openTurn: { kind: cell.message?.kind ?? "", leftMs: leftMs(turnWatch.dueMs) } } : {}),
    ...(dutyWatch?.queue === undefined
      ? {}
      : { heartbeat: { withinMs: dutyWatch.deadlineMs, leftMs: leftMs(dutyWatch.dueMs) } }),
    ...(lastBeat === undefined ? {} : { lastBeat }),
    stalls,
  };
}
