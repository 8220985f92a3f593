import { Fault } from "../fault.ts";
import type { Ask } from "./ask.ts";
import type { Cell } from "./cell.ts";
import { Ring } from "./ring.ts";

/** Messages that may be stashed unless the definition says otherwise. */
const STASH_MAX = 1_000;

/** Puts the message of the open turn aside. @throws Fault `stashFull` */
export function stash(cell: Cell): void {
  const { message, ask } = cell;
  if (message === undefined) throw new TypeError("stash: no message is being handled");
  const stashed = (cell.rare.stash ??= new Ring());
  const max = cell.definition.stashMax ?? STASH_MAX;
  if (stashed.size >= max) throw new Fault("stashFull", { address: cell.reference.address, max });
  if (ask !== undefined) ask.deferred = true;
  stashed.push(message, ask, cell.system.dispatcher.tick());
}

/** Puts all that was set aside in front of the mailbox, the oldest first. */
export function unstash(cell: Cell): void {
  const stashed = cell.extras?.stash;
  if (stashed === undefined || stashed.size === 0) return;
  cell.rare.stash = undefined;
  const mailbox = (cell.mailbox ??= cell.system.mailboxes.take());
  const entries = Array.from({ length: stashed.size }, () => {
    const ask = stashed.headOrigin() as Ask | undefined;
    const tick = stashed.headTick();
    return { ask, tick, message: stashed.shift() };
  });
  for (const { message, ask, tick } of entries.reverse()) {
    if (ask !== undefined) ask.deferred = false;
    mailbox.user.unshift(message, ask, tick);
  }
  cell.wake();
}
