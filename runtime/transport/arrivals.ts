import { DuplicateFilter } from "./duplicate-filter.ts";
import type { Standing } from "./inbox-frame.ts";
import { CREDIT_PARCELS } from "./outbox.ts";
import { SettledPrefix } from "./settled-prefix.ts";
import type { Begun } from "./settled-prefix.ts";

/** The sender is told at once when so much of its credit could be renewed. */
const TELL_AT = CREDIT_PARCELS / 4;

/** What one receiver tells a sender from which nothing has come. */
export const NOTHING_ARRIVED: Standing = {
  received: 0,
  handled: 0,
  limit: CREDIT_PARCELS,
  answers: 0,
  hasGap: false,
};

/** What has come from one sender, how far it is handled, and what is to be told to it. Pure. */
export class Arrivals {
  readonly #filter = new DuplicateFilter();
  readonly #frames = new SettledPrefix<number>();
  #told = 0;
  #answers = 0;
  #hasGap = false;
  #isGapTold = false;

  get received(): number {
    return this.#filter.received;
  }

  /** All parcels up to this one are handled. */
  get handled(): number {
    return this.#frames.last ?? 0;
  }

  /** Whether the sender should be told now: it waits for that. */
  get isDue(): boolean {
    return this.#answers !== 0 || this.#hasGap || this.handled - this.#told >= TELL_AT;
  }

  /** Whether there is something to tell. */
  get isOwed(): boolean {
    return this.isDue || this.handled > this.#told;
  }

  /** Takes `count` parcels from number `first` on: how many of them, from the first on, had come before; or none of them may be taken yet. */
  take(first: number, count: number): number | "gap" {
    const known = this.#filter.pass(first, count);
    // Told once: what comes behind the same gap says nothing new, and the sender asks when that was lost.
    if (known === "gap") this.#hasGap = !this.#isGapTold;
    else if (known < count) this.#isGapTold = false;
    return known;
  }

  /** The handling of everything up to `received` has begun. */
  begin(): Begun<number> {
    return this.#frames.begin(this.received);
  }

  settle(begun: Begun<number>): void {
    this.#frames.settle(begun);
  }

  /** The sender has put question number `question`. */
  asked(question: number): void {
    this.#answers = question;
  }

  /** What to tell the sender; it counts as told. */
  tell(): Standing {
    const { handled } = this;
    const standing = {
      received: this.received,
      handled,
      limit: handled + CREDIT_PARCELS,
      answers: this.#answers,
      hasGap: this.#hasGap,
    };
    this.#told = handled;
    this.#answers = 0;
    this.#isGapTold ||= this.#hasGap;
    this.#hasGap = false;
    return standing;
  }
}
