import fc from "fast-check";
import assert from "node:assert/strict";
import { it } from "node:test";
import { firstPingMs } from "../../../../actors/gateway/pings.ts";

it("the first ping falls into the first period, at one of few moments", () => {
  const moments = new Set<number>();
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.999_999, noNaN: true }), (random) => {
      const atMs = firstPingMs(25_000, random);
      moments.add(atMs);
      assert.ok(atMs > 0 && atMs <= 25_000, `${atMs}`);
    }),
  );
  assert.ok(moments.size <= 32);
});
