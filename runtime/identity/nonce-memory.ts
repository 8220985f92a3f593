/** What became of a nonce: taken for the first time, seen before, or not taken because the memory is full. */
export type NonceVerdict = "fresh" | "replayed" | "full";

/**
 * Remembers nonces for as long as a replay could pass, and at most `max` at a time. It never forgets one early: when it
 * is full, a new one is refused. Pure but for its memory; time is an argument.
 */
export class NonceMemory {
  readonly #max: number;
  readonly #keepMs: number;
  /** When each may be forgotten; kept equally long, so the oldest come first. */
  readonly #forgetAtMs = new Map<string, number>();

  constructor(max: number, keepMs: number) {
    this.#max = max;
    this.#keepMs = keepMs;
  }

  get size(): number {
    return this.#forgetAtMs.size;
  }

  take(nonce: string, nowMs: number): NonceVerdict {
    this.#forget(nowMs);
    if (this.#forgetAtMs.has(nonce)) return "replayed";
    if (this.#forgetAtMs.size >= this.#max) return "full";
    this.#forgetAtMs.set(nonce, nowMs + this.#keepMs);
    return "fresh";
  }

  #forget(nowMs: number): void {
    for (const [nonce, forgetAtMs] of this.#forgetAtMs) {
      if (forgetAtMs > nowMs) return;
      this.#forgetAtMs.delete(nonce);
    }
  }
}
