import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteReader } from "../../../../runtime/counting/byte-reader.ts";
import { ByteWriter } from "../../../../runtime/counting/byte-writer.ts";
import { DdSketch, QUANTILE_ERROR } from "../../../../runtime/counting/dd-sketch.ts";

const values = fc.array(fc.oneof(fc.nat(100), fc.nat(10_000_000), fc.nat(2 ** 31)), { maxLength: 300 });

const sketchOf = (list: readonly number[]): DdSketch => {
  const sketch = new DdSketch();
  for (const value of list) sketch.add(value);
  return sketch;
};
const bytesOf = (sketch: DdSketch): string => {
  const writer = new ByteWriter();
  sketch.write(writer);
  return Buffer.from(writer.done()).toString("hex");
};

describe("the sketch of quantiles", () => {
  it("is at most one percent from the true quantile, whatever was added", () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        const sketch = sketchOf(list);
        const sorted = list.toSorted((a, b) => a - b);
        const truth = sorted[Math.floor(share * (sorted.length - 1))];
        if (truth === undefined) return assert.equal(sketch.quantile(share), undefined);
        const found = sketch.quantile(share) ?? Number.NaN;
        assert.ok(Math.abs(found - truth) <= QUANTILE_ERROR * truth + 1e-6, `${found} for ${truth}`);
      }),
    );
  });

  it("keeps count, sum and the extremes exactly", () => {
    fc.assert(
      fc.property(values, (list) => {
        const { count, sum, min, max } = sketchOf(list);
        const total = list.reduce((before, value) => before + value, 0);
        assert.deepEqual(
          [count, sum, min, max],
          [list.length, total, Math.min(...list), Math.max(0, ...list)],
        );
      }),
    );
  });

  it("gives the same bytes for the same values, in whatever order and parts they came", () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const merged = sketchOf(second);
        merged.merge(sketchOf(first));
        const whole = sketchOf([...first, ...second]);
        assert.equal(bytesOf(merged), bytesOf(whole));
      }),
    );
  });

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(values, (list) => {
        const sketch = sketchOf(list);
        const bytes = Buffer.from(bytesOf(sketch), "hex");
        const read = DdSketch.read(new ByteReader(bytes));
        assert.equal(bytesOf(read), bytes.toString("hex"));
        assert.equal(read.quantile(0.5), sketch.quantile(0.5));
      }),
    );
  });

  it("takes less than 1.5 KB for a few hundred bins", () => {
    const sketch = new DdSketch();
    for (let index = 0; index < 100_000; index++) sketch.add(Math.round(1_000 * 1.0001 ** (index % 50_000)));
    assert.ok(bytesOf(sketch).length / 2 < 1_500, String(bytesOf(sketch).length / 2));
  });
});
