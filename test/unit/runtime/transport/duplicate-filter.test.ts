import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DuplicateFilter } from "../../../../runtime/transport/duplicate-filter.ts";

describe("a duplicate filter", () => {
  it("lets what follows pass, tells what has passed before, and holds what comes too early", () => {
    const filter = new DuplicateFilter();
    assert.equal(filter.pass(1, 3), 0);
    assert.equal(filter.pass(1, 3), 3);
    assert.equal(filter.pass(3, 2), 1, "of 3 and 4 only 4 is new");
    assert.equal(filter.pass(6, 1), "gap");
    assert.equal(filter.received, 4);
    assert.equal(filter.pass(5, 2), 0);
    assert.equal(filter.received, 6);
  });

  it("goes over what will never come", () => {
    const filter = new DuplicateFilter();
    filter.skipTo(5);
    assert.equal(filter.pass(4, 1), 1);
    assert.equal(filter.pass(5, 1), 0);
    filter.skipTo(2);
    assert.equal(filter.received, 5);
  });

  it("lets each number pass once and in order, in whichever pieces and however often they come", () => {
    const piece = fc.record({
      first: fc.integer({ min: 1, max: 30 }),
      count: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const filter = new DuplicateFilter();
        const passed: number[] = [];
        for (const { first, count } of pieces) {
          const known = filter.pass(first, count);
          if (known === "gap") continue;
          for (let number = first + known; number < first + count; number++) passed.push(number);
        }
        assert.deepEqual(
          passed,
          Array.from({ length: filter.received }, (_, at) => at + 1),
        );
      }),
    );
  });
});
