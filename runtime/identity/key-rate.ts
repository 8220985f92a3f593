import { TokenBucket } from "../net/token-bucket.ts";

/** What one key may have done, sustained and at once. */
const KEY_RATE = { messagesPerSecond: 1_000, burst: 2_000 } as const;

/** Counts what each key of a service asks for against the rate that it may have; there are as many counts as there are keys. */
export class KeyRate {
  readonly #buckets = new Map<string, TokenBucket>();

  /** Counts one request of a verified key. Answers 0, or in how many milliseconds the next is welcome. */
  take(keyId: string, nowMs: number): number {
    let bucket = this.#buckets.get(keyId);
    if (bucket === undefined) this.#buckets.set(keyId, (bucket = new TokenBucket(KEY_RATE, nowMs)));
    return bucket.take(nowMs);
  }
}
