import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cursorAt, groupsBetween, sequenceOf } from "../../../../runtime/sls/sls-cursor.ts";

describe("a cursor of SLS", () => {
  it("is read and written beyond what a number holds", () => {
    assert.equal(sequenceOf("MTcyOTA3MDYxODQyODA0NDY1NQ=="), 1729070618428044655n);
    assert.equal(sequenceOf("MTcyOTA3MDYxODQyODA0NDY1NQ"), 1729070618428044655n, "without its padding");
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }), (sequence) => {
        assert.equal(sequenceOf(cursorAt(sequence)), sequence);
      }),
    );
  });

  it("counts the groups to a later one exactly", () => {
    const start = 1729070618428044655n;
    assert.equal(groupsBetween(cursorAt(start), cursorAt(start + 10n)), 10n);
    assert.equal(groupsBetween("", cursorAt(start)), undefined);
  });

  it("is nothing else that base64 can hold", () => {
    for (const text of [
      "",
      "begin",
      "????",
      Buffer.from("-5").toString("base64"),
      Buffer.from("12a").toString("base64"),
    ]) {
      assert.equal(sequenceOf(text), undefined, text);
    }
  });
});
