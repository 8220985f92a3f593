import type { Cell } from "./cell.ts";
import type { CellExtras, LastBeat } from "./cell-extras.ts";
import { TURN } from "./phase.ts";
import { progressWithinMs } from "./stall-watch.ts";

/** The signs of life of an actor, and the deadlines they have to meet. Times are in milliseconds. */
export interface Pulse {
  /** How long an async turn may go on without progress; left out when it may for ever. */
  readonly progressWithinMs?: number;
  /** The turn that is open now: the kind of its message, since when, and how long it may still go on without progress. */
  readonly openTurn?: { readonly kind: string; readonly busyMs: number; readonly leftMs?: number };
  /** The heartbeat duty, and how long it may still wait. */
  readonly heartbeat?: { readonly everyMs: number; readonly withinMs: number; readonly leftMs: number };
  readonly lastBeat?: LastBeat & { readonly ageMs: number };
  readonly stalls: number;
}

/** What the tree says of an actor's signs of life. */
export function pulseOf(cell: Cell): Pulse {
  const { extras } = cell;
  const withinMs = progressWithinMs(cell);
  return {
    ...(Number.isFinite(withinMs) ? { progressWithinMs: withinMs } : {}),
    stalls: extras?.stalls ?? 0,
    ...(extras === undefined ? {} : rarePulse(cell, extras)),
  };
}

function rarePulse(cell: Cell, { dutyWatch, lastBeat, ...extras }: CellExtras): Partial<Pulse> {
  return {
    ...(cell.open === TURN.awaiting ? { openTurn: openTurn(cell, extras) } : {}),
    ...(dutyWatch?.isOn === true ? { heartbeat: heartbeat(cell, dutyWatch) } : {}),
    ...(lastBeat === undefined
      ? {}
      : { lastBeat: { ...lastBeat, ageMs: Math.max(0, cell.system.clock.wallMs() - lastBeat.atMs) } }),
  };
}

function openTurn(
  cell: Cell,
  { turnWatch, busySinceMs }: Pick<CellExtras, "turnWatch" | "busySinceMs">,
): NonNullable<Pulse["openTurn"]> {
  return {
    kind: cell.message?.kind ?? "",
    busyMs: Math.max(0, Math.round(cell.system.clock.nowMs() - busySinceMs)),
    ...(turnWatch?.isOn === true ? { leftMs: Math.round(turnWatch.leftMs) } : {}),
  };
}

function heartbeat(
  { definition }: Cell,
  { deadlineMs, leftMs }: NonNullable<CellExtras["dutyWatch"]>,
): NonNullable<Pulse["heartbeat"]> {
  const everyMs = definition.heartbeat?.everyMs ?? deadlineMs;
  return { everyMs, withinMs: deadlineMs, leftMs: Math.round(leftMs) };
}
