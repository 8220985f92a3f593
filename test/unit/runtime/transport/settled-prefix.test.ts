import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SettledPrefix } from "../../../../runtime/transport/settled-prefix.ts";

describe("a settled prefix", () => {
  it("moves when the oldest has ended, over all that had ended behind it", () => {
    const prefix = new SettledPrefix<string>();
    const [a, b, c] = ["a", "b", "c"].map((value) => prefix.begin(value));
    assert.equal(prefix.last, undefined);
    assert.equal(prefix.settle(b!), false);
    assert.equal(prefix.settle(a!), true);
    assert.deepEqual([prefix.last, prefix.open], ["b", 1]);
    assert.equal(prefix.settle(a!), false, "once more changes nothing");
    assert.equal(prefix.settle(c!), true);
    assert.deepEqual([prefix.last, prefix.open], ["c", 0]);
  });

  it("is always the longest beginning in which all have ended", () => {
    const order = fc.array(fc.nat({ max: 1999 }), { maxLength: 3000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), order, (count, settled) => {
        const prefix = new SettledPrefix<number>();
        const begun = Array.from({ length: count }, (_, at) => prefix.begin(at + 1));
        const ended = new Set<number>();
        let expected = 0;
        for (const at of settled) {
          const one = begun[at];
          if (one === undefined) continue;
          prefix.settle(one);
          ended.add(one.value);
          while (ended.has(expected + 1)) expected++;
          assert.equal(prefix.last ?? 0, expected);
        }
        assert.equal(prefix.open, count - expected);
      }),
      { numRuns: 30 },
    );
  });
});
