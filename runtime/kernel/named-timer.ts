import type { TaggedMessage } from "../../protocols/protocol.ts";
import { Deadline } from "../time/deadlines.ts";
import type { Cell } from "./cell.ts";

/** A timer of an actor. Once stopped or replaced, its message is not handled, even when it already waits in the mailbox. */
export class NamedTimer extends Deadline {
  readonly #cell: Cell;
  readonly #name: string;
  readonly #message: TaggedMessage;
  #isStopped = false;

  constructor(cell: Cell, name: string, message: TaggedMessage) {
    super();
    this.#cell = cell;
    this.#name = name;
    this.#message = message;
  }

  /** Whether its message is still wanted, now that its turn has come; with that the timer is over. */
  claim(): boolean {
    if (this.#isStopped) return false;
    this.#cell.extras?.timers?.delete(this.#name);
    return true;
  }

  stop(): void {
    this.#isStopped = true;
    this.cancel();
  }

  expire(): void {
    this.#cell.deliverOwn(this.#message, this);
  }
}
