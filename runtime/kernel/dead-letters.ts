import type { Clock } from "../time/clock.ts";

/** Dead letters kept for operators; older ones are only counted. */
const DEAD_LETTERS_KEPT = 1_000;

/** Why a message was not handled to its end. */
export type DeadLetterReason =
  | "actorGone" // sent to an actor that had stopped
  | "leftInMailbox" // waiting when its receiver stopped
  | "unhandledKind" // its receiver has no handler for the kind
  | "handlerFailed" // the handler threw; the message is not tried again
  | "turnRevoked" // its turn was given up: the actor was restarted, or had to stop
  | "askEnded" // the asker had given up before its turn came
  | "lateReply"; // an answer to a question that had ended

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
  readonly #latest: DeadLetter[] = [];
  readonly #counts = new Map<DeadLetterReason, number>();
  #next = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(reason: DeadLetterReason, to: string, kind: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    this.#latest[this.#next] = { atMs: this.#clock.wallMs(), to, kind, reason };
    this.#next = (this.#next + 1) % DEAD_LETTERS_KEPT;
  }

  /** How many there have been since the start, by reason. */
  get counts(): ReadonlyMap<DeadLetterReason, number> {
    return this.#counts;
  }

  /** The latest, newest first, at most `limit`. */
  recent(limit: number = DEAD_LETTERS_KEPT): DeadLetter[] {
    const oldestFirst = [...this.#latest.slice(this.#next), ...this.#latest.slice(0, this.#next)];
    return oldestFirst.reverse().slice(0, limit);
  }
}
