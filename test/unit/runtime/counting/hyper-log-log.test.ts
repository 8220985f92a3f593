import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteReader } from "../../../../runtime/counting/byte-reader.ts";
import { ByteWriter } from "../../../../runtime/counting/byte-writer.ts";
import { HyperLogLog, UNIQUE_ERROR } from "../../../../runtime/counting/hyper-log-log.ts";
import { hashSpan } from "../../../../runtime/counting/span-table.ts";

const of = (things: Iterable<string>): HyperLogLog => {
  const seen = new HyperLogLog();
  const hashes = { a: 0, b: 0 };
  for (const thing of things) {
    const bytes = Buffer.from(thing);
    hashSpan(bytes, 0, bytes.length, hashes);
    seen.add(hashes.a, hashes.b);
  }
  return seen;
};
const bytesOf = (seen: HyperLogLog): string => {
  const writer = new ByteWriter();
  seen.write(writer);
  return Buffer.from(writer.done()).toString("hex");
};
const things = (count: number, word: string) =>
  Array.from({ length: count }, (_, index) => `${word}${index}`);

describe("the count of different things", () => {
  it("is right within four standard errors, from few to many", () => {
    for (const count of [0, 1, 10, 300, 511, 513, 3_000, 20_000, 200_000]) {
      const found = of(things(count, "10.0.0.")).estimate();
      assert.ok(Math.abs(found - count) <= 4 * UNIQUE_ERROR * count + 1, `${found} for ${count}`);
    }
  });

  it("does not count twice what comes again, and gives the same bytes in any order and parts", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { maxLength: 900 }),
        fc.array(fc.string(), { maxLength: 900 }),
        (a, b) => {
          const merged = of(b);
          merged.merge(of(a));
          merged.merge(of(a));
          const whole = of([...a, ...b]);
          assert.equal(bytesOf(merged), bytesOf(whole));
          assert.equal(merged.estimate(), whole.estimate());
        },
      ),
      { numRuns: 30 },
    );
    const [few, many] = [of(things(100, "a")), of(things(5_000, "b"))];
    many.merge(few);
    few.merge(of(things(5_000, "b")));
    assert.equal(bytesOf(few), bytesOf(many));
  });

  it("is read back as it was written, small or large", () => {
    for (const count of [0, 400, 4_000]) {
      const seen = of(things(count, "c"));
      const read = HyperLogLog.read(new ByteReader(Buffer.from(bytesOf(seen), "hex")));
      assert.equal(bytesOf(read), bytesOf(seen));
    }
  });
});
