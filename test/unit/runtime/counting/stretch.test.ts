import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { cut, endWithin, isBefore, placeOf } from "../../../../runtime/counting/stretch.ts";
import { countsOf, dimension, metric, tallyOf } from "../../../support/counted-logs.ts";

const START = Date.UTC(2026, 9, 1);
const FIRST = START / 180_000;
const METRICS = [
  metric({ name: "took", value: "latency", field: "t", unit: "us", dimensions: [dimension("route")] }),
  metric({ name: "hits", dimensions: [dimension("route")] }),
];
const logs = fc.array(
  fc.record({
    timeMs: fc.integer({ min: 0, max: 900_000 }).map((ms) => START + ms),
    route: fc.integer({ min: 0, max: 12 }).map((number) => `/r${number}`),
    t: fc.integer({ min: 0, max: 100_000 }),
  }),
  { minLength: 1, maxLength: 60 },
);

describe("counts that are read part by part", () => {
  it("are all there, each of them once, however small the parts are", () => {
    fc.assert(
      fc.property(logs, logs, fc.integer({ min: 1, max: 2_000 }), (some, others, bytesMax) => {
        const all = [some, others].map((list) => countsOf([tallyOf(METRICS, list, START + 900_000)]));
        const to = placeOf(FIRST + 6);
        const sum = new Counts();
        for (let from = placeOf(FIRST); isBefore(from, to);) {
          const within = all.map((counts) => cut(counts, { from, to }, "took"));
          const end = endWithin(within, { from, to }, bytesMax);
          assert.ok(isBefore(from, end), "it goes on");
          for (const counts of within) sum.merge(cut(counts, { from, to: end }).encode());
          from = end;
        }
        const whole = new Counts();
        for (const counts of all) whole.merge(counts.encode(undefined, "took"));
        assert.deepEqual(sum.encode(), whole.encode());
      }),
      { numRuns: 60 },
    );
  });

  it("are no more bytes at a time than were asked for, unless one series is", () => {
    const list = Array.from({ length: 500 }, (_, index) => ({
      timeMs: START + (index % 3) * 180_000,
      route: `/r${index % 90}`,
      t: index * 100,
    }));
    const counts = countsOf([tallyOf(METRICS, list, START + 900_000)]);
    const to = placeOf(FIRST + 6);
    let parts = 0;
    for (let from = placeOf(FIRST); isBefore(from, to); parts++) {
      const within = cut(counts, { from, to });
      const end = endWithin([within], { from, to }, 600);
      const sizes = Array.from(cut(within, { from, to: end }).sizes(), ([, size]) => size);
      assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= 600, sizes.join());
      from = end;
    }
    assert.ok(parts > 5, String(parts));
  });
});
