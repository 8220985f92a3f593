import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { editDistance, suggest } from "../../../deploy/suggest.ts";

describe("a suggestion", () => {
  it("finds the word behind a typo", () => {
    const words = ["frameBytes", "burst", "connections", "connectionsPerAddress"];
    assert.equal(suggest("framBytes", words), "frameBytes");
    assert.equal(suggest("frame-bytes", words), "frameBytes");
    assert.equal(suggest("conections", words), "connections");
    assert.equal(suggest("brust", words), "burst");
  });

  it("stays silent when nothing is near", () => {
    assert.equal(suggest("colour", ["frameBytes", "burst"]), undefined);
    assert.equal(suggest("", ["frameBytes"]), undefined);
  });
});

describe("the edit distance", () => {
  it("counts a swap of neighbours as one step", () => {
    assert.equal(editDistance("strat", "start"), 1);
    assert.equal(editDistance("kitten", "sitting"), 3);
  });

  it("is zero only between equal words, symmetric, and at most the longer word", () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        assert.equal(distance === 0, a === b);
        assert.equal(distance, editDistance(b, a));
        assert.ok(distance <= Math.max(a.length, b.length));
      }),
    );
  });

  it("grows by at most one when one letter is added", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ minLength: 1, maxLength: 1 }), (a, b, letter) => {
        assert.ok(editDistance(a + letter, b) <= editDistance(a, b) + 1);
      }),
    );
  });
});
