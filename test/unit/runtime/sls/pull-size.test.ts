import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullSize } from "../../../../runtime/sls/pull-size.ts";

describe("the size of pulls", () => {
  it("halves after each that takes too long, down to one group", () => {
    const size = new PullSize(1000);
    const tried = Array.from({ length: 12 }, () => {
      size.timedOut();
      return size.count;
    });
    assert.deepEqual(tried, [500, 250, 125, 62, 31, 15, 7, 3, 1, 1, 1, 1]);
  });

  it("doubles after four that went well in a row, up to what was wanted at first", () => {
    const size = new PullSize(6);
    size.timedOut();
    size.timedOut();
    assert.equal(size.count, 1);
    for (let good = 0; good < 3; good++) size.succeeded();
    size.timedOut();
    for (let good = 0; good < 3; good++) size.succeeded();
    assert.equal(size.count, 1);
    const grown = Array.from({ length: 4 }, () => {
      for (let good = 0; good < 4; good++) size.succeeded();
      return size.count;
    });
    assert.deepEqual(grown, [2, 4, 6, 6]);
  });
});
