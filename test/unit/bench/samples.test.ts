import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { median, rounded, Samples } from "../../bench/samples.ts";

/** Far from where the sum of two would be infinite. */
const measured = fc.double({ noNaN: true, min: -1e150, max: 1e150 });

describe("samples of a benchmark", () => {
  it("have a median that half of them lie on each side of", () => {
    fc.assert(
      fc.property(fc.array(measured, { minLength: 1 }), (values) => {
        const middle = median(values);
        const half = values.length / 2;
        assert.ok(values.filter((value) => value < middle).length <= half);
        assert.ok(values.filter((value) => value > middle).length <= half);
      }),
    );
  });

  it("compare round by round, so that a slow round of both does not count", () => {
    const samples = new Samples({
      ours: [{ perSecond: 100 }, { perSecond: 10 }, { perSecond: 90 }],
      peer: [{ perSecond: 10 }, { perSecond: 1 }, { perSecond: 30 }],
    });
    assert.equal(samples.ratio("ours", "peer", "perSecond"), 10);
    assert.equal(samples.median("ours", "perSecond"), 90);
  });

  it("refuse a number that a contender did not measure", () => {
    const samples = new Samples({ ours: [{ perSecond: 1 }] });
    assert.throws(() => samples.median("ours", "bytes"), /ours did not measure bytes/);
    assert.throws(() => samples.median("peer", "perSecond"), /no values/);
  });

  it("are published with four digits, whole from a thousand on", () => {
    assert.deepEqual([12_345.6, 999.96, 1.234_56, 0].map(rounded), [12_346, 1_000, 1.235, 0]);
  });
});
