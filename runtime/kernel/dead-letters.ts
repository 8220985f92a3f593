import type { Clock } from "../time/clock.ts";
import { Latest } from "./latest.ts";

/** Dead letters kept for operators; older ones are only counted. */
const DEAD_LETTERS_KEPT = 1_000;

/** Why a message was not handled to its end. */
export type DeadLetterReason =
  | "actorGone" // sent to an actor that had stopped
  | "leftInMailbox" // waiting when its receiver stopped
  | "unhandledKind" // its receiver has no handler for the kind
  | "handlerFailed" // the handler threw; the message is not tried again
  | "turnRevoked" // its turn was given up: the actor was restarted, or had to stop
  | "outOfOrder" // a delivery without the one before it, which was not stored; both are sent again
  | "recordTooLarge" // what its receiver decided about it is more than a record may hold
  | "journalFull" // what its receiver decided about it was refused, because the journal has no room
  | "askEnded" // the asker had given up before its turn came
  | "lateReply" // an answer to a question that had ended
  | "mailboxFull" // it came from another node, whose word to the sender was `accepted`, and there was no room
  | "nodeLost" // on its way to a node that has ended, or in its inbox: nobody knows whether it was handled
  | "notUnderstood" // it came from another node, and this one cannot read it
  | "cannotTravel" // it holds what means nothing on another node, or is too large for the way
  | "unroutable"; // nobody could be found who owns the entity, in the time that a message waits for that

/** One message that was not handled. It names the kind, never the content. */
export interface DeadLetter {
  readonly atMs: number;
  readonly to: string;
  readonly kind: string;
  readonly reason: DeadLetterReason;
}

/** What could not be delivered or handled: counted by reason, the latest kept. */
export class DeadLetters {
  readonly #clock: Clock;
  readonly #latest = new Latest<DeadLetter>(DEAD_LETTERS_KEPT);
  readonly #counts = new Map<DeadLetterReason, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(reason: DeadLetterReason, to: string, kind: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    this.#latest.add({ atMs: this.#clock.wallMs(), to, kind, reason });
  }

  /** How many there have been since the start, by reason. */
  get counts(): ReadonlyMap<DeadLetterReason, number> {
    return this.#counts;
  }

  /** The latest, newest first; at most `limit`. */
  recent(limit?: number): DeadLetter[] {
    return this.#latest.recent(limit);
  }
}
