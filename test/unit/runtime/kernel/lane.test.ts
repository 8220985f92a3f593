import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Lane } from "../../../../runtime/kernel/lane.ts";

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant("push" as const) },
  { weight: 3, arbitrary: fc.constant("shift" as const) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }) },
);

/** A lane of `size` messages, and what it should hold. */
function filled(size: number, tick: number): { lane: Lane; kinds: string[] } {
  const lane = new Lane();
  const kinds = Array.from({ length: size }, (_, index) => `message-${tick}-${index}`);
  for (const kind of kinds) lane.push({ kind }, undefined, tick);
  return { lane, kinds };
}

describe("lane", () => {
  it("is an array that is pushed, shifted, and filled in front from another lane", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { lane } = filled(0, 0);
        const model: string[] = [];
        steps.forEach((next, tick) => {
          if (next === "push") {
            const kind = `message-${tick}`;
            lane.push({ kind }, undefined, tick);
            model.push(kind);
          } else if (next === "shift") {
            assert.equal(lane.shift()?.message.kind, model.shift());
          } else {
            const other = filled(next, tick);
            lane.takeInFront(other.lane);
            model.unshift(...other.kinds);
            assert.equal(other.lane.size, 0);
            assert.equal(other.lane.shift(), undefined);
          }
          assert.equal(lane.size, model.length);
          assert.equal(lane.first?.message.kind, model[0]);
        });
        for (const kind of model) assert.equal(lane.shift()?.message.kind, kind);
        assert.equal(lane.shift(), undefined);
      }),
    );
  });

  it("keeps when each message arrived", () => {
    const lane = new Lane();
    lane.push({ kind: "early" }, undefined, 3);
    lane.push({ kind: "late" }, undefined, 7);
    assert.equal(lane.shift()?.tick, 3);
    assert.equal(lane.first?.tick, 7);
  });

  it("lets go of the messages behind one that was taken out", () => {
    const { lane } = filled(2, 0);
    assert.equal(lane.shift()?.next, undefined);
  });
});
