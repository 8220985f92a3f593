import { Fault } from "../fault.ts";
import type { Cell } from "./cell.ts";
import { Lane } from "./lane.ts";

/** Messages that may be stashed unless the definition says otherwise. */
export const STASH_MAX = 1_000;

/** Puts the message of the open turn aside. @throws Fault `stashFull` */
export function stash(cell: Cell): void {
  const { message, ask } = cell;
  if (message === undefined) throw new TypeError("stash: no message is being handled");
  const stashed = (cell.rare.stash ??= new Lane());
  const max = cell.definition.stashMax ?? STASH_MAX;
  if (stashed.size >= max) throw new Fault("stashFull", { address: cell.reference.address, max });
  stashed.push(message, ask, cell.system.dispatcher.tick());
  // From here on the turn's end is not the message's end.
  cell.message = cell.ask = undefined;
}

/** Puts all that was set aside in front of the mailbox, the oldest first. */
export function unstash(cell: Cell): void {
  const stashed = cell.extras?.stash;
  if (stashed === undefined || stashed.size === 0) return;
  cell.rare.stash = undefined;
  cell.mailbox.takeInFront(stashed);
  cell.wake();
}
