import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { blockOf, cellOf, CELLS_PER_BLOCK, parseStep } from "../../../../runtime/counting/cells.ts";

describe("cells and blocks", () => {
  it("are numbered in UTC, six cells to a block", () => {
    const timeMs = Date.UTC(2026, 10, 22, 15, 4, 59);
    assert.equal(Math.floor(cellOf(timeMs) / CELLS_PER_BLOCK), blockOf(timeMs));
    assert.equal(cellOf(29_999), 0);
    assert.equal(cellOf(30_000), 1);
    assert.equal(blockOf(179_999), 0);
    assert.equal(blockOf(180_000), 1);
  });

  it("are the only steps there are, and what is smaller than a cell is refused naming the cell", () => {
    assert.deepEqual(["30", "180", "900", "1d"].map(parseStep), [
      { step: 30_000 },
      { step: 180_000 },
      { step: 900_000 },
      { step: "day" },
    ]);
    const small = parseStep("10");
    assert.ok("problem" in small && small.problem.includes("cell of 30 s"));
    for (const text of ["3600", "60", "x", "-30", ""]) assert.ok("problem" in parseStep(text), text);
  });
});
