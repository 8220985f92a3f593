import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { Ask } from "./ask.ts";
import type { NamedTimer } from "./named-timer.ts";

/** What a message came from, where that matters: a question that it asks, or a timer that may have been stopped since. */
export type Origin = Ask | NamedTimer | undefined;

/** A message that waits. */
export class Letter {
  readonly message: TaggedMessage;
  readonly origin: Origin;
  /** When it arrived, in whole milliseconds of the system's clock. */
  readonly tick: number;
  next: Letter | undefined = undefined;

  constructor(message: TaggedMessage, origin: Origin, tick: number) {
    this.message = message;
    this.origin = origin;
    this.tick = tick;
  }
}

/**
 * Messages in the order in which they came, as a chain of letters: an empty lane costs next to nothing, and a long one
 * never has to be moved to a larger place.
 */
export class Lane {
  first: Letter | undefined = undefined;
  #last: Letter | undefined = undefined;
  size = 0;

  push(message: TaggedMessage, origin: Origin, tick: number): void {
    const letter = new Letter(message, origin, tick);
    if (this.#last === undefined) this.first = letter;
    else this.#last.next = letter;
    this.#last = letter;
    this.size++;
  }

  /** Takes the first letter out; undefined when there is none. */
  shift(): Letter | undefined {
    const letter = this.first;
    if (letter === undefined) return undefined;
    this.first = letter.next;
    if (letter.next === undefined) this.#last = undefined;
    // Or a letter that outlived its handling would keep all later ones from the garbage collector.
    letter.next = undefined;
    this.size--;
    return letter;
  }

  /** Puts all letters of another lane in front of its own, and leaves the other empty. */
  takeInFront(lane: Lane): void {
    if (lane.#last === undefined) return;
    lane.#last.next = this.first;
    this.first = lane.first;
    this.#last ??= lane.#last;
    this.size += lane.size;
    lane.first = lane.#last = undefined;
    lane.size = 0;
  }
}
