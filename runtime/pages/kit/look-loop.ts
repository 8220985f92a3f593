import { effect } from "@preact/signals";
import type { OperatorToken } from "./operator-token.ts";

/** One look, as whoever looks sees it. */
export interface Look {
  readonly token: string;
  /** Ends what the look has asked. */
  readonly asking: AbortController;
  /** Whether another look has begun, or nobody looks any more: then what was seen is not shown. */
  readonly isOver: () => boolean;
}

/** What is done at each look, and when there is nobody any more to look for. */
export interface Looking {
  /** Looks once, and answers in how many milliseconds to look again; undefined when the token is not known there. */
  readonly look: (look: Look) => Promise<number | undefined>;
  /** There is no token any more. */
  readonly forget: () => void;
  /** Somebody sees the page again: what else goes on besides the looks begins; what is answered ends it. */
  readonly begin?: (token: string) => () => void;
}

/** Looks again and again, one look at a time: only with a token, and only while somebody can see the page. */
export class LookLoop {
  readonly #token: OperatorToken;
  readonly #looking: Looking;
  #asking: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #end: (() => void) | undefined;

  constructor(token: OperatorToken, looking: Looking) {
    this.#token = token;
    this.#looking = looking;
    effect(() => this.#turn(token.value.value));
    document.addEventListener("visibilitychange", () => this.#turn(token.value.value));
  }

  /** Looks after so long; that takes the place of a look that is under way. */
  plan(afterMs: number): void {
    this.#stop();
    if (document.visibilityState === "hidden") return;
    this.#timer = setTimeout(() => void this.#look(), afterMs);
  }

  #turn(token: string | undefined): void {
    this.#end?.();
    this.#end = undefined;
    this.#stop();
    if (token === undefined) return this.#looking.forget();
    if (document.visibilityState === "hidden") return;
    this.#end = this.#looking.begin?.(token);
    this.plan(0);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = undefined;
  }

  async #look(): Promise<void> {
    const token = this.#token.value.value;
    if (token === undefined) return;
    const asking = new AbortController();
    this.#asking = asking;
    const isOver = (): boolean => this.#asking !== asking;
    const againMs = await this.#looking.look({ token, asking, isOver });
    if (isOver()) return;
    if (againMs === undefined) return this.#token.refuse();
    this.plan(againMs);
  }
}
