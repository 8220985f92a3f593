import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { Reference, protocolOf } from "../../protocols/reference.ts";

/**
 * The receiver's word to its sender: `accepted` into the mailbox, `busy` (the mailbox is full, nothing was kept),
 * or `gone` (it has stopped for good; the message is a dead letter).
 */
export type Verdict = "accepted" | "busy" | "gone";

/** A question on its way: the receiver settles it once; what comes later is ignored and counted. */
export interface OpenAsk {
  /** The address of the actor that asks; undefined when code outside of actors asks. */
  readonly from: string | undefined;
  /** Answers. */
  answer(reply: TaggedMessage): void;
  /** Ends the question with a fault. */
  refuse(fault: Error): void;
}

/**
 * Anything that takes messages: a local actor, a client's socket, a channel of subscribers, an entity, an actor on another node.
 * Only `context` and the actor system call `deliver`; everybody else holds it as a `Reference`.
 */
export abstract class ActorRef<P extends Protocol> implements Reference<P> {
  declare readonly [protocolOf]: (protocol: P) => P;
  abstract readonly address: string;
  /** Takes a message of this protocol, for an ask together with the open question. Never throws. */
  abstract deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict;

  /** What is said to it, if that can be said from another node; undefined for what means nothing outside of its process. */
  protocolAbroad(): Protocol | undefined {
    return undefined;
  }
}
