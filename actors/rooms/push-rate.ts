import { TokenBucket } from "../../runtime/net/token-bucket.ts";

/** What one key may push, sustained and at once. */
const PUSH_RATE = { messagesPerSecond: 1_000, burst: 2_000 } as const;

/** Counts the pushes of each key against the rate that it may have; there are as many counts as there are keys. */
export class PushRate {
  readonly #buckets = new Map<string, TokenBucket>();

  /** Counts one push of a verified key. Answers 0, or in how many milliseconds the next is welcome. */
  take(keyId: string, nowMs: number): number {
    let bucket = this.#buckets.get(keyId);
    if (bucket === undefined) this.#buckets.set(keyId, (bucket = new TokenBucket(PUSH_RATE, nowMs)));
    return bucket.take(nowMs);
  }
}
