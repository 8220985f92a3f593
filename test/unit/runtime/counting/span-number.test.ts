import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { wholeOfSpan } from "../../../../runtime/counting/span-number.ts";

const parse = (text: string, decimals: number): number => {
  const bytes = Buffer.from(`<${text}>`);
  return wholeOfSpan(bytes, 1, bytes.length - 1, decimals);
};

describe("a number in a log", () => {
  it("is read as a whole number of its parts, rounded half up", () => {
    assert.equal(parse("0.125", 6), 125_000);
    assert.equal(parse("12", 3), 12_000);
    assert.equal(parse("-1.5", 1), -15);
    assert.equal(parse("1.4", 0), 1);
    assert.equal(parse("1.5", 0), 2);
    assert.equal(parse(".5", 1), 5);
    assert.equal(parse("7.", 2), 700);
    assert.equal(parse("0.0014999", 6), 1_500);
  });

  it("is none where anything else stands", () => {
    for (const text of [
      "",
      "-",
      ".",
      "1e3",
      "0x10",
      " 1",
      "1 ",
      "1.2.3",
      "1.25x",
      "--1",
      "9999999999999999999",
    ]) {
      assert.ok(Number.isNaN(parse(text, 2)), text);
    }
  });

  it("is what it was written from", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.integer({ min: 0, max: 3 }),
        (value, decimals) => {
          assert.equal(parse((value / 10 ** decimals).toFixed(decimals), decimals) + 0, value + 0);
        },
      ),
    );
  });
});
