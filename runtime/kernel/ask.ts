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

/** Where a question stands open: with the actor that is to answer it, or among those that went to other nodes. */
export interface AskHolder {
  forgetAsk(ask: Ask): void;
}

/** Who on other nodes waits for the answer to a question that came from one. */
export interface CarriedChain {
  /** Whether this actor is one of them, still in the turn in which it asked. */
  waits(cell: Cell): boolean;
}

const nothing = (): void => {};

/**
 * A question between asker and receiver. It ends once: with an answer, a fault, the deadline, or the receiver's stop.
 * The chain of askers is held by pointers, so that a cycle is found when the question is put, not when it times out.
 */
export abstract class Ask extends Deadline implements OpenAsk {
  readonly deadlineMs: number;
  readonly asker: Asker | undefined;
  /** Whom it was put to. */
  readonly to: ActorRef<Protocol>;
  /** In whose list this question stands open. */
  holder: AskHolder | undefined = undefined;
  /** Its number there, where they are numbered. */
  ticket = 0;
  /** Who waits for it on other nodes. */
  carried: CarriedChain | undefined = undefined;
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
  }

  /** It has ended with an answer. */
  protected abstract answered(reply: TaggedMessage): void;
  /** It has ended without one. */
  protected abstract refused(fault: Error): void;

  get from(): string | undefined {
    return this.asker?.cell.reference.address;
  }

  /** Whether it goes to an actor of its own chain that is still in the turn in which it asked, and so would wait for itself. */
  isCycle(): boolean {
    if (!(this.to instanceof LocalRef)) return false;
    const { cell } = this.to;
    if (this.carried?.waits(cell) === true) return true;
    for (let { asker } = this; asker !== undefined; asker = asker.cause?.asker) {
      if (asker.cell === cell && isWaiting(asker)) return true;
      if (asker.cause?.carried?.waits(cell) === true) return true;
    }
    return false;
  }

  answer(reply: TaggedMessage): void {
    if (this.settled) return;
    this.#close();
    this.answered(reply);
  }

  refuse(fault: Error): void {
    if (this.settled) return;
    this.#close();
    this.refused(fault);
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

/** A question of somebody in this process, who waits for its promise. */
export class PromisedAsk extends Ask {
  #resolve: (reply: TaggedMessage) => void = nothing;
  #reject: (fault: Error) => void = nothing;
  readonly promise = new Promise<TaggedMessage>((resolve, reject) => {
    this.#resolve = resolve;
    this.#reject = reject;
  });

  protected answered(reply: TaggedMessage): void {
    this.#resolve(reply);
  }

  protected refused(fault: Error): void {
    // An actor that stopped waiting, because its turn failed meanwhile, must not cost the process its life.
    if (this.asker !== undefined) this.promise.catch(nothing);
    this.#reject(fault);
  }
}

/** A question whose asker waits no more: its handler answers as ever, and nobody listens. */
export class UnheardAsk extends Ask {
  protected answered(): void {}

  protected refused(): void {}
}

/** Whether an actor is still in the turn in which it asked. */
export function isWaiting({ cell, turn }: Asker): boolean {
  return cell.open !== TURN.none && cell.turn === turn;
}
