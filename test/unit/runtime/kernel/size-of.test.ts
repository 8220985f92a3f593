import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { sizeOf } from "../../../../runtime/kernel/size-of.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

describe("the size of a value", () => {
  it("grows with what it holds", () => {
    assert.ok(sizeOf({ text: "x".repeat(10_000) }) > 10_000);
    assert.ok(sizeOf(Buffer.alloc(5_000)) > 5_000);
    assert.ok(sizeOf(new Map([["a", "x".repeat(9_000)]])) > 9_000);
    assert.ok(sizeOf({ a: { b: [{ c: "x".repeat(8_000) }] } }) > 8_000);
  });

  it("counts what is shared, or holds itself, once", () => {
    const shared = { text: "x".repeat(10_000) };
    assert.ok(sizeOf([shared, shared, shared]) < 11_000);
    const ring: { self?: unknown } = {};
    ring.self = ring;
    assert.ok(sizeOf(ring) < 1_000);
  });

  it("takes a few entries of a large collection for all", () => {
    const entries = Array.from({ length: 10_000 }, () => ({ text: "x".repeat(100) }));
    const one = sizeOf(entries[0]);
    for (const collection of [entries, new Set(entries), new Map(entries.entries())]) {
      const size = sizeOf(collection);
      assert.ok(size > 10_000 * one && size < 13_000 * one, `${size} bytes for 10,000 of ${one}`);
    }
  });

  it("does not follow references to actors, nor call getters", () => {
    const virtual = new VirtualSystem();
    const reference = virtual.spawn("room");
    const state = {
      reference,
      get trap(): never {
        throw new Error("a getter was called");
      },
    };
    assert.ok(sizeOf(state) < 200);
  });

  it("never throws, and is never negative", () => {
    fc.assert(
      fc.property(
        fc.anything({ withMap: true, withSet: true, withTypedArray: true }),
        (value) => sizeOf(value) >= 0,
      ),
    );
  });
});
