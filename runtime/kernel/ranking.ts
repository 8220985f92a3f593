import type { Cell } from "./cell.ts";
import { cellsBelow } from "./cells-below.ts";
import { TURN } from "./phase.ts";
import { pulseOf } from "./pulse.ts";

/** The actors below `root` (and itself) for which `measure` answers the most, the first of them first; undefined leaves one out. */
export function highest(
  root: Cell,
  measure: (cell: Cell) => number | undefined,
  limit: number,
): readonly Cell[] {
  const found: Ranked[] = [];
  // Sorting now and then keeps the list short however large the tree is.
  const keepBest = (): void => {
    found.sort((a, b) => b.value - a.value);
    found.length = Math.min(found.length, limit);
  };
  for (const cell of cellsBelow(root)) {
    const value = measure(cell);
    if (value === undefined) continue;
    found.push({ cell, value });
    if (found.length >= 2 * limit) keepBest();
  }
  keepBest();
  return found.map(({ cell }) => cell);
}

interface Ranked {
  readonly cell: Cell;
  readonly value: number;
}

/** How long the open turn of an actor has gone on, in milliseconds; undefined when none is open. */
export function busyMsOf(cell: Cell): number | undefined {
  return cell.open === TURN.awaiting ? pulseOf(cell).openTurn?.busyMs : undefined;
}

/** How long an actor may still be silent before it counts as stalled, in milliseconds; undefined when it owes nothing now. */
export function leftMsOf(cell: Cell): number | undefined {
  // Only who has extras has deadlines, and a pulse costs more than this look.
  if (cell.extras === undefined) return undefined;
  const { openTurn, heartbeat } = pulseOf(cell);
  const left = [openTurn?.leftMs, heartbeat?.leftMs].filter((ms) => ms !== undefined);
  return left.length === 0 ? undefined : Math.min(...left);
}
