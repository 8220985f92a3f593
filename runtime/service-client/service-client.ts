import type { AskKind, AskMessage, Protocol, Reply, Tell } from "../../protocols/protocol.ts";
import type { Verdict } from "../actor/actor-ref.ts";
import type { ServiceKind } from "./service-kind.ts";

/** How a service asks. */
export interface ServiceAskOptions {
  /** How long the answer is waited for, in milliseconds; 5,000 unless given. */
  readonly deadlineMs?: number;
  /** Names the question, in 1 to 128 visible ASCII characters: asked again under the same name it has no second effect, and the answer of the first time, as long as the entity knows it. */
  readonly key?: string;
}

/** One entity, as a service reaches it wherever in the cluster it is. */
export interface ServiceReference<P extends Protocol> {
  /** `entity:<type>/<id>`. */
  readonly address: string;
  /**
   * Sends at most once. `accepted`: on its way. `busy`: the outbox, or the way, takes nothing now, and nothing was kept.
   * @throws Fault `messageInvalid`
   */
  tell(message: Tell<P>): Verdict;
  /** Asks and waits. Rejects with a Fault; `isUndone` tells whether that means that nothing was done. */
  ask<K extends AskKind<P>>(
    message: { readonly kind: K } & AskMessage<P, K>,
    options?: ServiceAskOptions,
  ): Promise<Reply<P, K>>;
  /**
   * Sends until the entity has taken the message in for good, which is when this resolves: effectively once, in the order of these calls. Rejects with the Fault `outboxFull`
   * when too many wait, with `messageInvalid`, with `deliveryUnknown` when the client is closed before, and with `durabilityMissing` for an actor of which nothing is stored.
   */
  deliver(message: Tell<P>): Promise<void>;
}

/** A service that speaks to the entities of a cluster. */
export interface ServiceClient {
  /** Under which name the nodes know it at this moment; undefined while it is not connected to them. */
  readonly incarnation: string | undefined;
  /** How many deliveries wait to be acknowledged. */
  readonly undelivered: number;
  /** The entity of this kind and id, whether it exists or not. @throws Fault `addressInvalid` */
  entity<P extends Protocol>(kind: ServiceKind<P>, id: string): ServiceReference<P>;
  /** The one actor of this kind that the cluster has. Nothing of it is stored: it takes no deliveries, and knows no question again by its key (Fault `unhandledKind`). */
  singleton<P extends Protocol>(kind: ServiceKind<P>): Omit<ServiceReference<P>, "deliver">;
  /** Waits for what is to be delivered, for `withinMs` (5,000 unless given), then ends all connections. Nothing keeps the process alive any more. */
  close(withinMs?: number): Promise<void>;
}
