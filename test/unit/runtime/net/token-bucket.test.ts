import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TokenBucket } from "../../../../runtime/net/token-bucket.ts";
import type { Rate } from "../../../../runtime/net/token-bucket.ts";

const rates = fc.record({
  messagesPerSecond: fc.integer({ min: 1, max: 200 }),
  burst: fc.integer({ min: 1, max: 50 }),
});
/** How long after the one before each frame comes, in whole milliseconds. */
const pauses = fc.array(
  fc.oneof({ weight: 3, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(3_000) }),
  { minLength: 1, maxLength: 200 },
);

/** The same bucket in whole thousandths of a token, millisecond by millisecond: slow, and exact. */
class NaiveBucket {
  readonly #rate: Rate;
  #thousandths: number;
  #nowMs = 0;

  constructor(limit: Rate) {
    this.#rate = limit;
    this.#thousandths = limit.burst * 1_000;
  }

  take(nowMs: number): number {
    for (; this.#nowMs < nowMs; this.#nowMs++) this.#thousandths = this.#oneMsLater();
    let waitMs = 0;
    for (let have = this.#thousandths; have < 1_000; have += this.#rate.messagesPerSecond) waitMs++;
    if (waitMs === 0) this.#thousandths -= 1_000;
    return waitMs;
  }

  #oneMsLater(): number {
    return Math.min(this.#rate.burst * 1_000, this.#thousandths + this.#rate.messagesPerSecond);
  }
}

describe("a token bucket", () => {
  it("admits and refuses exactly as one that counts every millisecond", () => {
    fc.assert(
      fc.property(rates, pauses, (limit, steps) => {
        const bucket = new TokenBucket(limit, 0);
        const naive = new NaiveBucket(limit);
        let nowMs = 0;
        for (const pause of steps) {
          nowMs += pause;
          assert.equal(bucket.take(nowMs), naive.take(nowMs), `at ${nowMs} ms`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("keeps its word: who comes back after the time it was told gets in, and not a millisecond earlier", () => {
    fc.assert(
      fc.property(rates, pauses, (limit, steps) => {
        let nowMs = 0;
        const bucket = new TokenBucket(limit, nowMs);
        for (const pause of steps) {
          nowMs += pause;
          const retryAfterMs = bucket.take(nowMs);
          if (retryAfterMs === 0) continue;
          if (retryAfterMs > 1) assert.notEqual(bucket.take(nowMs + retryAfterMs - 1), 0, "got in early");
          nowMs += retryAfterMs;
          assert.equal(bucket.take(nowMs), 0, "was told too short a time");
        }
      }),
      { numRuns: 500 },
    );
  });

  it("never admits more than the burst and what the rate gives, in any span, on a clock with fractions", () => {
    const fractions = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(rates, fractions, (limit, steps) => {
        const startMs = 1_234.567;
        let nowMs = startMs;
        let admitted = 0;
        const bucket = new TokenBucket(limit, startMs);
        for (const pause of steps) {
          nowMs += pause;
          if (bucket.take(nowMs) === 0) admitted++;
          const most = limit.burst + ((nowMs - startMs) * limit.messagesPerSecond) / 1_000;
          assert.ok(admitted <= most + 1e-6, `${admitted} of ${most}`);
        }
      }),
    );
  });

  it("holds one burst after a long silence, not more", () => {
    const bucket = new TokenBucket({ messagesPerSecond: 10, burst: 3 }, 0);
    const answers = [0, 0, 0, 0, 0].map(() => bucket.take(1_000_000));
    assert.deepEqual(answers, [0, 0, 0, 100, 100]);
  });

  it("is not emptied by what it refuses", () => {
    const bucket = new TokenBucket({ messagesPerSecond: 10, burst: 1 }, 0);
    bucket.take(0);
    for (let nowMs = 1; nowMs < 100; nowMs++) assert.equal(bucket.take(nowMs), 100 - nowMs);
    assert.equal(bucket.take(100), 0);
  });

  it("goes on from the credit of another one, and never from more than a burst", () => {
    const rate = { messagesPerSecond: 10, burst: 3 };
    const before = new TokenBucket(rate, 0);
    before.take(0);
    before.take(0);
    const after = new TokenBucket(rate, 5_000);
    after.adopt(before.credit);
    assert.deepEqual([after.take(5_000), after.take(5_000)], [0, 100]);
    for (const [credit, atOnce] of [
      [1e9, 3],
      [-5, 0],
    ] as const) {
      const bucket = new TokenBucket(rate, 0);
      bucket.adopt(credit);
      const answers = [0, 0, 0, 0].map(() => bucket.take(0));
      assert.equal(answers.filter((answer) => answer === 0).length, atOnce);
    }
  });
});
