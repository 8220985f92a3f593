import { setImmediate as nextTurn } from "node:timers/promises";

/** How long a long computation holds the event loop at a time, in milliseconds: frames of others wait meanwhile. */
const HOLD_MS = 8;

/** Has a long computation give way to everything else that waits, again and again. */
export class GivingWay {
  #sinceMs = performance.now();

  /** To be awaited between two steps; a promise only when it is time. */
  pause(): Promise<void> | undefined {
    if (performance.now() - this.#sinceMs < HOLD_MS) return undefined;
    return this.#giveWay();
  }

  async #giveWay(): Promise<void> {
    await nextTurn();
    this.#sinceMs = performance.now();
  }
}
