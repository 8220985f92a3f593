import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { NonceMemory } from "../../../../runtime/identity/nonce-memory.ts";

describe("the memory of nonces", () => {
  it("takes each once, never exceeds its size, and forgets in time only", () => {
    const KEEP_MS = 10;
    const steps = fc.array(
      fc.record({ nonce: fc.constantFrom("a", "b", "c", "d", "e"), afterMs: fc.nat(6) }),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const memory = new NonceMemory(3, KEEP_MS);
        const taken: { nonce: string; atMs: number }[] = [];
        let nowMs = 0;
        for (const { nonce, afterMs } of all) {
          nowMs += afterMs;
          const kept = taken.filter(({ atMs }) => nowMs < atMs + KEEP_MS);
          const whenNew = kept.length >= 3 ? "full" : "fresh";
          const expected = kept.some((one) => one.nonce === nonce) ? "replayed" : whenNew;
          assert.equal(memory.take(nonce, nowMs), expected);
          if (expected === "fresh") taken.push({ nonce, atMs: nowMs });
          assert.ok(memory.size <= 3);
        }
      }),
    );
  });
});
