import { Latest } from "./latest.ts";

/** Stalls kept for operators; older ones are only counted. */
const STALLS_KEPT = 1_000;

/**
 * How an actor fell silent: its turn made no progress, it missed its heartbeat duty, what it had begun outside of its turns
 * made no progress, or it held the event loop.
 */
export type Silence = "turn" | "heartbeat" | "work" | "loop";

/** One stall, as operators read it. */
export interface Stall {
  readonly atMs: number;
  readonly path: string;
  readonly type: string;
  readonly silence: Silence;
  /** The deadline that passed, in milliseconds. */
  readonly deadlineMs: number;
  /** The kind of the message whose turn was open; undefined when none was. */
  readonly kind: string | undefined;
  /** The actor's last word: the note of its last beat. */
  readonly note: string | undefined;
  /** How often this message has stalled its actor. */
  readonly strikes: number;
}

/** The latest stalls, and how many there have been since the start. */
export class StallLog {
  readonly #latest = new Latest<Stall>(STALLS_KEPT);
  total = 0;
  /** Stalls in which a message was being handled. */
  strikes = 0;

  add(stall: Stall): void {
    this.total++;
    if (stall.strikes > 0) this.strikes++;
    this.#latest.add(stall);
  }

  /** The latest, newest first; at most `limit`. */
  recent(limit?: number): Stall[] {
    return this.#latest.recent(limit);
  }
}
