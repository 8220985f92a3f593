import type { OpenAsk } from "../actor/actor-ref.ts";
import type { Effect, TurnContext } from "./after-notes.ts";

/** A decision that is not visible yet: its own append or one before it is not durable. */
export interface Uncommitted {
  readonly effects: readonly Effect[];
  /** Of the turn in which it was decided. */
  readonly context: TurnContext;
  /** Ended with a fault when the decision cannot be stored. */
  readonly ask: OpenAsk | undefined;
  /** A pure read waits for those before it, and for nothing of its own. */
  status: "appending" | "durable" | "failed";
  /** The one that was made after it. */
  next?: Uncommitted | undefined;
}

/** Who waits for the end of a life. */
export interface Settling {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Does what was put off until a decision could be seen. */
export function perform({ effects, context }: Pick<Uncommitted, "effects" | "context">): void {
  for (const effect of effects) effect(context);
}

/** The decisions of one life in their order, until they may be seen; a chain, since most entities have none, and an array that was emptied keeps its room. */
export class DecisionQueue {
  #first: Uncommitted | undefined = undefined;
  #last: Uncommitted | undefined = undefined;
  size = 0;
  /** Appends that the journal has not answered. */
  appending = 0;
  /** Why the first append that failed did. */
  failure: Error | undefined = undefined;

  /** Whether the first one can be seen to, or has failed. */
  get isDue(): boolean {
    return this.#first !== undefined && this.#first.status !== "appending";
  }

  add(decision: Uncommitted): void {
    if (this.#last === undefined) this.#first = decision;
    else this.#last.next = decision;
    this.#last = decision;
    this.size++;
    if (decision.status === "appending") this.appending++;
  }

  /** The journal has answered. */
  answered(decision: Uncommitted, failure: Error | undefined): void {
    decision.status = failure === undefined ? "durable" : "failed";
    this.appending--;
    this.failure ??= failure;
  }

  /** The next one that may be seen. */
  shift(): Uncommitted | undefined {
    return this.#first?.status === "durable" ? this.#take() : undefined;
  }

  /** Whether the first one has failed: nothing that waits can become visible any more. */
  get hasFailed(): boolean {
    return this.#first?.status === "failed";
  }

  /** Takes out all that wait. */
  clear(): Uncommitted[] {
    const all: Uncommitted[] = [];
    for (let one = this.#take(); one !== undefined; one = this.#take()) all.push(one);
    return all;
  }

  #take(): Uncommitted | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    this.#first = first.next;
    if (this.#first === undefined) this.#last = undefined;
    first.next = undefined;
    this.size--;
    return first;
  }
}
