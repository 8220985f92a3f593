import { Deadline } from "../time/deadlines.ts";
import type { Cell } from "./cell.ts";
import { TURN } from "./phase.ts";
import { refit } from "./refit.ts";

/** How often a drain is looked at, in milliseconds: turns themselves know nothing of it. */
const LOOK_EVERY_MS = 50;
/** How long an actor may take to finish what it has, in milliseconds; then it is stopped. */
const DRAIN_WITHIN_MS = 30_000;

/** Whether an actor takes no new mail because it is to end. */
export function isDraining(cell: Cell): boolean {
  return cell.extras?.refit?.drain !== undefined;
}

/** Lets an actor take no new messages of others, finish those it has, and stop. */
export function beginDrain(cell: Cell): void {
  if (isDraining(cell)) return;
  const look = new DrainLook(cell);
  refit(cell, { drain: look });
  look.again();
}

/** Looks again and again whether everything is finished. */
class DrainLook extends Deadline {
  readonly #cell: Cell;
  readonly #untilMs: number;

  constructor(cell: Cell) {
    super();
    this.#cell = cell;
    this.#untilMs = cell.system.clock.nowMs() + DRAIN_WITHIN_MS;
  }

  again(): void {
    this.#cell.system.deadlines.add(this, LOOK_EVERY_MS);
  }

  expire(): void {
    const cell = this.#cell;
    if (cell.stopped) return;
    if (isIdle(cell)) return cell.stop();
    if (cell.system.clock.nowMs() < this.#untilMs) return this.again();
    cell.system.log.warn("actor.stopTimedOut", {
      path: cell.pathText,
      step: "drain",
      withinMs: DRAIN_WITHIN_MS,
    });
    cell.stop();
  }
}

/** Whether an actor has no turn open, no mail and no question to answer. */
export function isIdle(cell: Cell): boolean {
  return isOutOfMail(cell) && (cell.extras?.stash?.size ?? 0) === 0 && cell.firstOpenAsk === undefined;
}

/** Whether an actor has no turn open and nothing to begin one with. */
export function isOutOfMail({ open, mailbox, extras }: Cell): boolean {
  return open === TURN.none && mailbox.size === 0 && (extras?.control?.size ?? 0) === 0;
}
