import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { valuesOf } from "../../../../runtime/counting/block-counts.ts";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { OTHER } from "../../../../runtime/counting/dimension-slots.ts";
import { countsOf, dimension, metric, tallyOf, totalsOf } from "../../../support/counted-logs.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
/** So few values and combinations that all limits are met at once. */
const HITS = metric({
  name: "hits",
  dimensions: [dimension("user", { budget: 3 }), dimension("path", { budget: 4 }), dimension("kind")],
  seriesMax: 6,
});
const batches = fc.array(
  fc.array(
    fc.record({
      timeMs: fc.integer({ min: NOW - 600_000, max: NOW }),
      user: fc.nat(30).map((user) => `u${user}`),
      path: fc.nat(9).map((path) => `/${path}`),
      kind: fc.constantFrom("a", "b", "c"),
    }),
    { maxLength: 60 },
  ),
  { minLength: 1, maxLength: 5 },
);

/** How many records have a folded value, and how many the blocks say. */
function foldedIn(counts: Counts): { readonly told: number; readonly seen: number } {
  let [told, seen] = [0, 0];
  counts.forEachBlock("hits", (_number, block) => {
    told += block.folded;
    for (const [key, series] of block.series) if (valuesOf(key).includes(OTHER)) seen += series.total;
  });
  return { told, seen };
}

describe("what is said to be folded", () => {
  it("is each record once, in how many steps and dimensions ever it was folded, and wherever it is kept", () => {
    fc.assert(
      fc.property(batches, (list) => {
        const counts = countsOf(list.map((logs) => tallyOf([HITS], logs, NOW)));
        const kept = new Counts();
        kept.merge(counts.encode());
        for (const where of [
          counts,
          kept,
          counts.grouped((block) => block - (block % 5)),
          counts.lowered(),
        ]) {
          const { told, seen } = foldedIn(where);
          assert.equal(told, seen);
        }
        assert.equal(foldedIn(kept).told, foldedIn(counts).told);
      }),
    );
  });
});

describe("counts that move", () => {
  it("keep the values under which they were counted, also of blocks that are full, and in parts", () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 100, max: 400 }), (list, bytesMax) => {
        const counts = countsOf(list.map((logs) => tallyOf([HITS], logs, NOW)));
        const moved = new Counts();
        for (const part of counts.lowered().divided(bytesMax)) moved.merge(part);
        assert.deepEqual(totalsOf(moved, "hits"), totalsOf(counts, "hits"));
      }),
    );
  });
});
