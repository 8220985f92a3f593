import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ReadSize } from "../../../../../actors/logs/puller/read-size.ts";

describe("how much is read at a time", () => {
  it("halves down to one unit, and no further", () => {
    const size = new ReadSize(1_000);
    const tried = Array.from({ length: 12 }, () => (size.halve(), size.units));
    assert.deepEqual(tried.slice(0, 4), [500, 250, 125, 62]);
    assert.deepEqual(tried.slice(-3), [1, 1, 1]);
  });

  it("halves what there was when that was less than was asked for", () => {
    const size = new ReadSize(1_000);
    size.halve(10);
    assert.equal(size.units, 5);
  });

  it("doubles with each success, up to its limit", () => {
    const size = new ReadSize(100);
    size.halve(3);
    const tried = Array.from({ length: 8 }, () => (size.grow(), size.units));
    assert.deepEqual(tried, [2, 4, 8, 16, 32, 64, 100, 100]);
  });

  it("finds a single bad one among many in as many steps as it can be halved", () => {
    const size = new ReadSize(1_000);
    let steps = 0;
    for (let at = 0, bad = 700; at < bad || size.units > 1; steps++) {
      const isBad = at + size.units > bad;
      if (!isBad) at += size.units;
      if (isBad) size.halve();
      else size.grow();
    }
    assert.ok(steps < 60, String(steps));
  });
});
