import type { Cell } from "./cell.ts";
import { waitingAt } from "./waiting.ts";

/** The actors of one type, added up. */
export interface TypeTotals {
  actors: number;
  /** Messages that wait. */
  waiting: number;
  /** How long the oldest of them has waited, in milliseconds. */
  oldestAgeMs: number;
}

/** Adds up the tree below `root` by actor type: cheap enough for a probe, because no actor is asked for its state. */
export function totalsByType(root: Cell): ReadonlyMap<string, TypeTotals> {
  const totals = new Map<string, TypeTotals>();
  const open = [root];
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    add(totals, cell);
    for (const child of cell.children.values()) open.push(child);
  }
  return totals;
}

function add(totals: Map<string, TypeTotals>, cell: Cell): void {
  const { type } = cell.definition;
  let total = totals.get(type);
  if (total === undefined) totals.set(type, (total = { actors: 0, waiting: 0, oldestAgeMs: 0 }));
  total.actors++;
  const { depth, oldestAgeMs } = waitingAt(cell);
  total.waiting += depth;
  total.oldestAgeMs = Math.max(total.oldestAgeMs, oldestAgeMs);
}
