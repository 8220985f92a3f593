import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { NonceMemory } from "../../../../runtime/identity/nonce-memory.ts";

describe("the memory of nonces", () => {
  it("takes each once, never exceeds its size, and forgets in time only, also when another process goes on with it", () => {
    const KEEP_MS = 10;
    const successor = (memory: NonceMemory): NonceMemory => {
      const next = new NonceMemory(3, KEEP_MS);
      next.inherit(structuredClone(memory.entries()));
      return next;
    };
    const steps = fc.array(
      fc.record({
        nonce: fc.constantFrom("a", "b", "c", "d", "e"),
        afterMs: fc.nat(6),
        isHandedOver: fc.boolean(),
      }),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(steps, (all) => {
        let memory = new NonceMemory(3, KEEP_MS);
        const taken: { nonce: string; atMs: number }[] = [];
        let nowMs = 0;
        for (const { nonce, afterMs, isHandedOver } of all) {
          nowMs += afterMs;
          if (isHandedOver) memory = successor(memory);
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
