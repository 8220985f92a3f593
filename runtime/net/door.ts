import type { Protocol, Tell } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { Verdict } from "../actor/actor-ref.ts";
import type { Clock } from "../time/clock.ts";

/** The way from a socket into the actor system. */
export interface Door {
  readonly clock: Clock;
  tell<P extends Protocol>(to: Reference<P>, message: Tell<P>): Verdict;
  /** A read has begun, at whose end the actors get their turns. Answers the time. */
  hold(): number;
  /** Gives the actors their turns now. */
  pump(): void;
}
