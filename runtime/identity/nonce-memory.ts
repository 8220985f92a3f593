/** What became of a nonce: taken for the first time, seen before, or not taken because the memory is full. */
export type NonceVerdict = "fresh" | "replayed" | "full";

/**
 * Remembers nonces for as long as a replay could pass, and at most `max` at a time. It never forgets one early: when it
 * is full, a new one is refused. Pure but for its memory; time is an argument.
 */
export class NonceMemory {
  readonly #max: number;
  readonly #keepMs: number;
  /** When each was taken; kept equally long, so the oldest come first. */
  readonly #takenAtMs = new Map<string, number>();

  constructor(max: number, keepMs: number) {
    this.#max = max;
    this.#keepMs = keepMs;
  }

  get size(): number {
    return this.#takenAtMs.size;
  }

  /** All that is remembered, oldest first: what another memory goes on with. */
  entries(): (readonly [nonce: string, takenAtMs: number])[] {
    return [...this.#takenAtMs];
  }

  /** Goes on with what an earlier memory has taken, oldest first, before anything else is taken. */
  inherit(entries: readonly (readonly [nonce: string, takenAtMs: number])[]): void {
    for (const [nonce, takenAtMs] of entries) this.#takenAtMs.set(nonce, takenAtMs);
  }

  take(nonce: string, nowMs: number): NonceVerdict {
    this.#forget(nowMs);
    if (this.#takenAtMs.has(nonce)) return "replayed";
    if (this.#takenAtMs.size >= this.#max) return "full";
    this.#takenAtMs.set(nonce, nowMs);
    return "fresh";
  }

  #forget(nowMs: number): void {
    for (const [nonce, takenAtMs] of this.#takenAtMs) {
      if (takenAtMs + this.#keepMs > nowMs) return;
      this.#takenAtMs.delete(nonce);
    }
  }
}
