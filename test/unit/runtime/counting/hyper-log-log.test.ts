import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteReader } from "../../../../runtime/counting/byte-reader.ts";
import { ByteWriter } from "../../../../runtime/counting/byte-writer.ts";
import { HyperLogLog } from "../../../../runtime/counting/hyper-log-log.ts";
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
  it("is right within four standard errors, from few to many, with the precision of days and with that of blocks", () => {
    for (const count of [0, 1, 10, 300, 511, 513, 3_000, 20_000, 200_000]) {
      const seen = of(things(count, "10.0.0."));
      for (const error of [0.0082, 0.0163]) {
        assert.ok(seen.error < error);
        const found = seen.estimate();
        assert.ok(Math.abs(found - count) <= 4 * error * count + 1, `${found} for ${count}`);
        seen.lower();
      }
    }
  });

  it("has the precision of blocks as soon as something of a block is in it, whichever came first", () => {
    for (const [few, many] of [
      [100, 300],
      [510, 515],
      [3_000, 9_000],
    ] as const) {
      const lowered = of(things(many, "b"));
      lowered.lower();
      const [a, b] = [of(things(few, "a")), of(things(many, "b"))];
      b.lower();
      a.merge(lowered);
      b.merge(of(things(few, "a")));
      const whole = of([...things(few, "a"), ...things(many, "b")]);
      whole.lower();
      assert.equal(bytesOf(a), bytesOf(whole));
      assert.equal(bytesOf(b), bytesOf(whole));
      assert.equal(a.error, lowered.error);
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
      seen.lower();
      const low = HyperLogLog.read(new ByteReader(Buffer.from(bytesOf(seen), "hex")));
      assert.equal(bytesOf(low), bytesOf(seen));
    }
  });
});
