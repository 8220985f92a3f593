import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { packLz4 } from "../../../../runtime/sls/lz4-pack.ts";
import { unpackLz4 } from "../../../../runtime/sls/lz4-unpack.ts";

/** Repeats at every distance, long and short runs, and what does not repeat at all. */
const text = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 60 })), {
    maxLength: 40,
  })
  .map((parts) => Buffer.concat(parts.flatMap(([part, times]) => Array.from({ length: times }, () => part))));

describe("lz4 blocks", () => {
  it("bring back what was packed, byte for byte", () => {
    fc.assert(
      fc.property(text, (raw) => {
        assert.deepEqual(Buffer.from(unpackLz4(packLz4(raw), raw.length)), raw);
      }),
    );
  });

  it("unpack a block that another program has made", () => {
    // Written by hand from the format: 5 literals, a match of 10 at a distance of 5, and 5 literals at the end.
    const block = Buffer.from([0x56, ...Buffer.from("abcde"), 5, 0, 0x50, ...Buffer.from("fghij")]);
    assert.equal(Buffer.from(unpackLz4(block, 20)).toString(), "abcdeabcdeabcdefghij");
    // A match that overlaps itself repeats one byte; its length goes on in further bytes.
    const run = Buffer.from([0x1f, 0x78, 1, 0, 255, 6, 0x50, ...Buffer.from("abcde")]);
    assert.equal(Buffer.from(unpackLz4(run, 286)).toString(), `${"x".repeat(281)}abcde`);
  });

  it("end with five literals, as the format asks and other programs check", () => {
    const block = packLz4(Buffer.alloc(100, "a"));
    assert.deepEqual(Buffer.from(block.subarray(-6)), Buffer.from([0x50, ...Buffer.from("aaaaa")]));
  });

  it("grow by less than half a percent where nothing repeats", () => {
    const raw = Buffer.from(
      Array.from({ length: 100_000 }, (_, index) => (index * 7919 + (index >> 8) * 104_729) % 251),
    );
    const noise =
      fc.sample(fc.uint8Array({ minLength: 50_000, maxLength: 50_000 }), { numRuns: 1, seed: 7 })[0] ?? raw;
    assert.ok(packLz4(noise).length < noise.length * 1.005 + 16);
    assert.deepEqual(unpackLz4(packLz4(noise), noise.length), Buffer.from(noise));
  });

  it("refuse a damaged block and never write beyond their announced size", () => {
    fc.assert(
      fc.property(
        text,
        fc.uint8Array({ maxLength: 8 }),
        fc.nat(),
        fc.integer({ min: -3, max: 3 }),
        (raw, noise, at, more) => {
          const block = Buffer.from(packLz4(raw));
          block.set(
            noise.subarray(0, Math.max(0, block.length - (at % (block.length + 1)))),
            at % (block.length + 1),
          );
          const size = Math.max(0, raw.length + more);
          try {
            assert.equal(unpackLz4(block, size).length, size);
          } catch (error) {
            assert.ok(error instanceof RangeError, String(error));
          }
        },
      ),
    );
  });

  it("refuse a block that is cut, or of another size than announced", () => {
    const raw = Buffer.from("the same words, the same words, the same words, and then others");
    const block = packLz4(raw);
    assert.throws(() => unpackLz4(block.subarray(0, block.length - 1), raw.length), /ends too early/);
    assert.throws(() => unpackLz4(block, raw.length - 1), /holds more/);
    assert.throws(() => unpackLz4(block, raw.length + 1), /it holds 63/);
    assert.throws(() => unpackLz4(Buffer.from([0x11, 1, 9, 0]), 20), /before its beginning/);
  });
});
