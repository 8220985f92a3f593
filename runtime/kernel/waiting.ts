import type { Cell } from "./cell.ts";

/** What waits at an actor: how many messages, and for how long the oldest has, in milliseconds. */
export interface Waiting {
  readonly depth: number;
  readonly oldestAgeMs: number;
}

const NOTHING: Waiting = { depth: 0, oldestAgeMs: 0 };

/** Looks at an actor's mail, all lanes together. */
export function waitingAt(cell: Cell): Waiting {
  const { mailbox } = cell;
  const control = cell.extras?.control;
  const tick = Math.min(mailbox.first?.tick ?? Infinity, control?.first?.tick ?? Infinity);
  if (tick === Infinity) return NOTHING;
  return {
    depth: mailbox.size + (control?.size ?? 0),
    oldestAgeMs: Math.max(0, Math.round(cell.system.clock.nowMs() - tick)),
  };
}
