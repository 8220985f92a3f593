import { Ring } from "./ring.ts";

/** Emptied mailboxes kept for the next actor that gets mail. */
const POOL_MAX = 1_024;
/** A ring that a flood has made larger than this is given back to the heap, in messages. */
const POOLED_CAPACITY_MAX = 64;

/**
 * The lanes in which an actor's mail waits. `control` (timers, watch notices, piped results: what the actor itself
 * ordered, bounded by how much it ordered) goes before `user` (all others, bounded by `mailboxMax`). The third lane,
 * `system` (start, stop, restart), holds at most one wish, so the cell keeps it in a field and acts between two turns.
 */
export class Mailbox {
  readonly user = new Ring();
  control: Ring | undefined = undefined;

  get size(): number {
    return this.user.size + (this.control === undefined ? 0 : this.control.size);
  }

  controlLane(): Ring {
    return (this.control ??= new Ring());
  }

  /** The lane whose first message is next. Only when `size` is above 0. */
  nextLane(): Ring {
    return this.control !== undefined && this.control.size > 0 ? this.control : this.user;
  }
}

/** Lends mailboxes to the actors that have mail, so that an idle one holds none. */
export class MailboxPool {
  readonly #free: Mailbox[] = [];

  take(): Mailbox {
    return this.#free.pop() ?? new Mailbox();
  }

  /** Takes back an empty mailbox. */
  give(mailbox: Mailbox): void {
    if (mailbox.user.capacity > POOLED_CAPACITY_MAX || this.#free.length >= POOL_MAX) return;
    mailbox.control = undefined;
    this.#free.push(mailbox);
  }
}
