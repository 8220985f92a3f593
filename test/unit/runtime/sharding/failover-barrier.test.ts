import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FailoverBarrier } from "../../../../runtime/sharding/failover-barrier.ts";

describe("the barrier after a failover", () => {
  it("does not stand when a shard is seen for the first time, or is unknown", () => {
    const barrier = new FailoverBarrier(6_000);
    assert.equal(barrier.standsForMs("0", 10), 0);
    assert.equal(barrier.observe("0", "first", 10), false);
    assert.equal(barrier.standsForMs("0", 10), 0);
    assert.equal(barrier.generationOf("0"), 0);
  });

  it("stands for one lease after another copy answered", () => {
    const barrier = new FailoverBarrier(6_000);
    barrier.observe("0", "first", 0);
    assert.equal(barrier.observe("0", "second", 1_000), true);
    assert.equal(barrier.standsForMs("0", 6_999), 1);
    assert.equal(barrier.standsForMs("0", 7_000), 0);
  });

  it("stands for what is left of it when a node comes just after a failover", () => {
    const barrier = new FailoverBarrier(6_000);
    assert.equal(barrier.observe("0", "second", 100, 2_000), false, "it has nothing to say again");
    assert.equal(barrier.standsForMs("0", 100), 4_000);
    barrier.observe("1", "old", 100, 7_000);
    assert.equal(barrier.standsForMs("1", 100), 0);
    assert.equal(barrier.observe("1", "next", 200, 0), true);
    assert.equal(barrier.standsForMs("1", 200), 6_000);
  });

  it("concerns one shard alone", () => {
    const barrier = new FailoverBarrier(6_000);
    for (const shard of ["0", "1"]) barrier.observe(shard, "first", 0);
    barrier.observe("1", "second", 0);
    assert.deepEqual(
      ["0", "1"].map((shard) => barrier.standsForMs(shard, 1)),
      [0, 5_999],
    );
    assert.deepEqual(
      ["0", "1"].map((shard) => barrier.generationOf(shard)),
      [0, 1],
    );
  });

  it("begins a generation with each change, and none without", () => {
    const seen = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1 });
    fc.assert(
      fc.property(seen, (sources) => {
        const barrier = new FailoverBarrier(10);
        const raised = sources.filter((source, index) => barrier.observe("0", source, index)).length;
        const changes = sources.filter((source, index) => index > 0 && source !== sources[index - 1]).length;
        assert.deepEqual([raised, barrier.generationOf("0")], [changes, changes]);
      }),
    );
  });
});
