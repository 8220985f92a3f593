import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backoffMs } from "../../../../runtime/time/backoff.ts";

const backoffs = fc.record({
  minMs: fc.integer({ min: 1, max: 1_000 }),
  maxMs: fc.integer({ min: 1_000, max: 100_000 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("back-off", () => {
  it("doubles from the minimum to the maximum", () => {
    const delays = [0, 1, 2, 3, 4, 5].map((attempt) =>
      backoffMs({ minMs: 100, maxMs: 1_000, jitter: 0.5 }, attempt, 0),
    );
    assert.deepEqual(delays, [100, 200, 400, 800, 1_000, 1_000]);
  });

  it("is spread by chance over the share that jitter gives it", () => {
    fc.assert(
      fc.property(backoffs, fc.nat(5_000), chance, (backoff, attempt, random) => {
        const longest = backoffMs(backoff, attempt, 0);
        const delay = backoffMs(backoff, attempt, random);
        assert.ok(delay <= longest && delay >= Math.floor(longest * (1 - backoff.jitter)));
        assert.ok(Number.isInteger(delay) && delay <= backoff.maxMs);
      }),
    );
  });

  it("never gets shorter with the attempts", () => {
    fc.assert(
      fc.property(backoffs, fc.nat(100), chance, (backoff, attempt, random) => {
        assert.ok(backoffMs(backoff, attempt, random) <= backoffMs(backoff, attempt + 1, random));
      }),
    );
  });
});
