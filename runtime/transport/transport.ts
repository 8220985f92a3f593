import type { Verdict } from "../actor/actor-ref.ts";
import type { Cancel } from "../time/clock.ts";

/**
 * Carries parcels from one life of a node to another's. A parcel is bytes that only its sender and its receiver understand. Whoever is sent to is named by the
 * incarnation of its node (`<node>/<boot uuid>`), so what was meant for one life never reaches the next.
 */
export interface Transport {
  /** This node, in this life. */
  readonly incarnation: string;
  /**
   * Reliable and in order for each receiver: kept until the receiver has acknowledged it. `busy`: the bounded outbox or the credit of the receiver is used up, nothing was
   * kept. `gone`: that incarnation is known to be dead, or this transport is closed. The bytes belong to the transport from then on.
   * @throws Fault parcelTooLarge
   */
  send(to: string, parcel: Uint8Array): Verdict;
  /** Who takes what arrives; one only, before the first parcel is expected. What comes earlier waits. */
  listen(receiver: TransportReceiver): void;
  /** At most once, to every node that subscribes, in the sender's order. Lost while there is no connection. */
  publish(topic: string, bytes: Uint8Array): void;
  /** Hears a topic until cancelled, also after reconnects. */
  subscribe(topic: string, listener: (bytes: Uint8Array) => void): Cancel;
  /** That incarnation is dead, for good: what it has not acknowledged ends as `returned`, and its inbox may be adopted. */
  peerEnded(incarnation: string): void;
  /** Sends what waits, acknowledges what was handled, then ends. */
  close(): Promise<void>;
}

/** What a transport gives what arrives to. Nothing that is thrown or rejected here stops the transport; it counts as handled. */
export interface TransportReceiver {
  /** For receivers that put off work: what is given until `readEnded` came in one piece. */
  readBegan?(): void;
  /** All of it was given: what was put off may be done now, so that answers leave together and before anything else is read. */
  readEnded?(): void;
  /** In order for each sender, each parcel once. A frame is acknowledged once all that was returned here for its parcels has settled. */
  receive(from: string, parcel: Uint8Array): void | Promise<void>;
  /** A parcel out of the inbox of a dead node, which this node has adopted: the dead one may or may not have handled it. */
  adopted(from: string, deadReceiver: string, parcel: Uint8Array): void | Promise<void>;
  /** Not acknowledged by a receiver that is gone: it may have handled them, and what lay in its inbox goes to whoever adopts that. In the order in which they were sent. */
  returned(to: string, parcels: readonly Uint8Array[]): void;
}
