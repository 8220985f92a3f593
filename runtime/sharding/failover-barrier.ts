interface Shard {
  readonly source: string;
  readonly generation: number;
  readonly untilMs: number;
}

/**
 * Remembers for each shard of the store which copy of it answers. When another one does, which may have missed the latest claims, a new generation
 * begins: for the time of one lease nobody claims there, so that all owners can say again what they own. Pure: the time comes from the caller.
 */
export class FailoverBarrier {
  readonly #heightMs: number;
  readonly #shards = new Map<string, Shard>();

  /** @param heightMs how long it stands: the time of one lease */
  constructor(heightMs: number) {
    this.#heightMs = heightMs;
  }

  /**
   * Notes who answers for a shard, and for how long already; true when that is another one than before, and all owners in this shard have to say so again. A node that has
   * just come sees by the time that there was a failover a moment ago.
   */
  observe(shard: string, source: string, nowMs: number, forMs = Number.POSITIVE_INFINITY): boolean {
    const known = this.#shards.get(shard);
    if (known?.source === source) return false;
    const isFirst = known === undefined;
    this.#shards.set(shard, {
      source,
      generation: isFirst ? 0 : known.generation + 1,
      untilMs: nowMs + this.#heightMs - (isFirst ? Math.min(forMs, this.#heightMs) : 0),
    });
    return !isFirst;
  }

  /** How long nobody may claim in a shard from now on, in milliseconds; 0 when it is open. */
  standsForMs(shard: string, nowMs: number): number {
    return Math.max(0, (this.#shards.get(shard)?.untilMs ?? nowMs) - nowMs);
  }

  /** How many failovers this node has seen of a shard. What was asked in an earlier generation may have been forgotten. */
  generationOf(shard: string): number {
    return this.#shards.get(shard)?.generation ?? 0;
  }
}
