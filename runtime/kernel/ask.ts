import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { ActorRef, OpenAsk } from "../actor/actor-ref.ts";
import { Fault } from "../fault.ts";
import { Deadline } from "../time/deadlines.ts";
import type { Cell } from "./cell.ts";
import { LocalRef } from "./local-ref.ts";
import { TURN } from "./phase.ts";

/** Who asks: an actor in one of its turns, on behalf of the question that it answers in that turn. */
export interface Asker {
  readonly cell: Cell;
  readonly turn: number;
  readonly cause: Ask | undefined;
}

const nothing = (): void => {};

/**
 * A question between asker and receiver. It ends once: with an answer, a fault, the deadline, or the receiver's stop.
 * The chain of askers is held by pointers, so that a cycle is found when the question is put, not when it times out.
 */
export class Ask extends Deadline implements OpenAsk {
  #resolve: (reply: TaggedMessage) => void = nothing;
  #reject: (fault: Error) => void = nothing;
  readonly deadlineMs: number;
  /** What the asker waits for. */
  readonly promise: Promise<TaggedMessage>;
  readonly asker: Asker | undefined;
  /** Whom it was put to. */
  readonly to: ActorRef<Protocol>;
  /** The cell in whose list this question stands open. */
  holder: Cell | undefined = undefined;
  previousOpen: Ask | undefined = undefined;
  nextOpen: Ask | undefined = undefined;
  /** Ended, one way or the other. */
  settled = false;
  /** Answered outside the turn that took it: `replyLater`. */
  deferred = false;

  constructor(to: ActorRef<Protocol>, deadlineMs: number, asker: Asker | undefined) {
    super();
    this.to = to;
    this.deadlineMs = deadlineMs;
    this.asker = asker;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get from(): string | undefined {
    return this.asker?.cell.reference.address;
  }

  /** Whether it goes to an actor of its own chain that is still in the turn in which it asked, and so would wait for itself. */
  isCycle(): boolean {
    if (!(this.to instanceof LocalRef)) return false;
    const { cell } = this.to;
    for (let asker = this.asker; asker !== undefined; asker = asker.cause?.asker) {
      if (asker.cell === cell && cell.open !== TURN.none && cell.turn === asker.turn) return true;
    }
    return false;
  }

  answer(reply: TaggedMessage): void {
    if (this.settled) return;
    this.#close();
    this.#resolve(reply);
  }

  refuse(fault: Error): void {
    if (this.settled) return;
    this.#close();
    // An actor that stopped waiting, because its turn failed meanwhile, must not cost the process its life.
    if (this.asker !== undefined) this.promise.catch(nothing);
    this.#reject(fault);
  }

  expire(): void {
    this.refuse(new Fault("askTimeout", { address: this.to.address, deadlineMs: this.deadlineMs }));
  }

  #close(): void {
    this.settled = true;
    this.cancel();
    this.holder?.forgetAsk(this);
  }
}
