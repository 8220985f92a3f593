import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isPlainData } from "../../../../runtime/kernel/plain-data.ts";

const MAX = 1_000;

describe("plain data", () => {
  it("is what comes back from JSON as it went in", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(isPlainData(value, MAX), true);
      }),
    );
  });

  it("is nothing that JSON would change", () => {
    const changed = [
      1n,
      () => {},
      Symbol("s"),
      Number.NaN,
      Infinity,
      undefined,
      new Date(0),
      new Map(),
      new Set(),
    ];
    for (const value of [...changed, Buffer.from("x"), new (class Ref {})()]) {
      assert.equal(isPlainData(value, MAX), false);
      assert.equal(isPlainData([value], MAX), false);
      if (value !== undefined) assert.equal(isPlainData({ field: value }, MAX), false);
    }
  });

  it("may have fields that are undefined: they are as good as absent", () => {
    assert.equal(isPlainData({ kind: "say", note: undefined }, MAX), true);
  });

  it("has no more parts than allowed, and no cycle", () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    assert.equal(isPlainData(loop, MAX), false);
    assert.equal(
      isPlainData(
        Array.from({ length: MAX + 1 }, () => 0),
        MAX,
      ),
      false,
    );
    assert.equal(
      isPlainData(
        Array.from({ length: MAX - 1 }, () => 0),
        MAX,
      ),
      true,
    );
  });
});
