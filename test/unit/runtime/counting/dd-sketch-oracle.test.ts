import { DDSketch as Oracle } from "@datadog/sketches-js";
import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DdSketch, QUANTILE_ERROR } from "../../../../runtime/counting/dd-sketch.ts";

describe("the sketch of quantiles, beside that of others", () => {
  it("is as far from the oracle as both may be from the truth, also where parts were merged", () => {
    const values = fc.array(fc.integer({ min: 1, max: 2 ** 30 }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(values, fc.nat(400), fc.double({ min: 0, max: 1, noNaN: true }), (list, cut, share) => {
        const oracle = new Oracle({ relativeAccuracy: QUANTILE_ERROR });
        for (const value of list) oracle.accept(value);
        const sketch = new DdSketch();
        const rest = new DdSketch();
        list.forEach((value, index) => (index < cut ? sketch : rest).add(value));
        sketch.merge(rest);
        const [found, expected] = [sketch.quantile(share) ?? Number.NaN, oracle.getValueAtQuantile(share)];
        assert.ok(Math.abs(found - expected) <= 2.1 * QUANTILE_ERROR * expected, `${found} for ${expected}`);
        assert.equal(sketch.count, oracle.count);
      }),
    );
  });
});
