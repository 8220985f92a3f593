import type { TaggedMessage } from "../../protocols/protocol.ts";
import { Deadline } from "../time/deadlines.ts";
import type { Cell } from "./cell.ts";

/** A timer of an actor. Once stopped or replaced, its message is not handled, even when it already waits in the mailbox. */
export class NamedTimer extends Deadline {
  readonly #cell: Cell;
  readonly #message: TaggedMessage;
  #isStopped = false;

  constructor(cell: Cell, message: TaggedMessage) {
    super();
    this.#cell = cell;
    this.#message = message;
  }

  isCurrent(): boolean {
    return !this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    this.cancel();
  }

  expire(): void {
    this.#cell.deliverOwn(this.#message, this);
  }
}
