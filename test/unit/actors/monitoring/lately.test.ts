import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Lately } from "../../../../actors/monitoring/lately.ts";

describe("what was noted lately", () => {
  it("is forgotten after its time", () => {
    const lately = new Lately<number>(1_000, 10);
    lately.note("a", 1, 0);
    assert.deepEqual([lately.of("a", 1_000), lately.of("a", 1_001), lately.size(1_001)], [1, undefined, 0]);
  });

  it("is of so many names at most: the one goes that was not noted for the longest time", () => {
    const lately = new Lately<number>(1_000, 2);
    for (const name of ["a", "b", "a", "c"]) lately.note(name, 1, 0);
    assert.deepEqual([lately.of("a", 1), lately.of("b", 1), lately.of("c", 1)], [1, undefined, 1]);
    assert.equal(lately.size(1), 2);
  });
});
