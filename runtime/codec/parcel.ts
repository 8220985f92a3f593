import type { RequestName } from "./done-request.ts";
import type { Receipt } from "./record-codec.ts";
import type { Said } from "./travel-codec.ts";

/** An actor that waits for an answer, as other nodes know it. */
export interface WaitingActor {
  readonly address: string;
  /** The turn in which it asked. */
  readonly turn: number;
}

/** What goes to one receiver on another node. */
export interface Letter {
  readonly kind: "tell" | "ask" | "deliver" | "watch" | "wake" | "request";
  /** The path of an actor with its incarnation, or the address of an entity. */
  readonly to: string;
  /** How often it has come back because its receiver was not there. */
  readonly hops: number;
  /** It has waited at the owner before, and goes before all that comes from elsewhere. */
  readonly isHanded: boolean;
  /** Absent from a watch, and from a call to look at reminders. */
  readonly said?: Said;
  /** The number under which the sender awaits an answer, a receipt or a stop; 0 for a tell. */
  readonly id: number;
  /** Of a question or a request: how long its asker still waits, in milliseconds, and who waits with him. */
  readonly withinMs?: number;
  readonly chain?: readonly WaitingActor[];
  /** Of a delivery. */
  readonly receipt?: Receipt;
  /** Of a request: a question that has one effect and one answer, however often it comes. */
  readonly request?: RequestName;
}

/** Everything that one node sends to another. */
export type Parcel =
  | { readonly kind: "letter"; readonly letter: Letter }
  | { readonly kind: "reply"; readonly id: number; readonly said: Said }
  | { readonly kind: "fault"; readonly id: number; readonly code: string; readonly details: unknown }
  /** A delivery has been taken in for good. */
  | { readonly kind: "taken"; readonly id: number }
  | { readonly kind: "unwatch"; readonly id: number }
  /** What was watched has stopped. */
  | { readonly kind: "stopped"; readonly id: number }
  /** A letter comes back: the entity is not here, but there, if that is known. */
  | { readonly kind: "notHere"; readonly letter: Letter; readonly at: string | undefined }
  /** Asks for a sign that all letters to an entity that were sent before have been looked at; and that sign. */
  | { readonly kind: "mark"; readonly to: string }
  | { readonly kind: "marked"; readonly to: string }
  /** Gives an entity away: its mail follows, then `handed`. The receiver may take the place of exactly this owner. */
  | {
      readonly kind: "handOff";
      readonly to: string;
      readonly ownerEpoch: number;
      readonly incarnation: string;
    }
  | { readonly kind: "handed"; readonly to: string }
  /** The sender has given all its entities away: send it nothing more for them. And the answer: nothing more will come. */
  | { readonly kind: "drained" }
  | { readonly kind: "parted" };
