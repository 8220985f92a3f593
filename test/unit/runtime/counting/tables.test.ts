import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NumberTable } from "../../../../runtime/counting/number-table.ts";
import { SpanTable } from "../../../../runtime/counting/span-table.ts";

describe("the tables of a tally", () => {
  it("sum by number as a map does, also after they were cleared", () => {
    const table = new NumberTable();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(fc.nat(50), fc.maxSafeNat()), fc.nat(9)), { maxLength: 400 }),
        (adds) => {
          table.clear();
          const map = new Map<number, number>();
          for (const [key, amount] of adds) {
            table.add(key, amount);
            map.set(key, (map.get(key) ?? 0) + amount);
          }
          const found = new Map<number, number>();
          table.forEach((key, sum) => found.set(key, sum));
          assert.deepEqual(
            new Map([...found].sort(([a], [b]) => a - b)),
            new Map([...map].sort(([a], [b]) => a - b)),
          );
          for (const [key, sum] of map) assert.equal(table.get(key), sum);
        },
      ),
    );
  });

  it("number texts in the order in which they came, and refuse a new one beyond the limit", () => {
    const table = new SpanTable();
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 12 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        (texts, max) => {
          table.clear();
          const known: string[] = [];
          for (const text of texts) {
            if (!known.includes(text) && known.length < max) known.push(text);
            const bytes = Buffer.from(text);
            assert.equal(table.numberOf(bytes, 0, bytes.length, max), known.indexOf(text));
          }
          assert.deepEqual(
            known.map((_, number) => table.textOf(number)),
            known.map((text) => Buffer.from(text).toString()),
          );
        },
      ),
    );
  });
});
