import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteReader } from "../../../../runtime/counting/byte-reader.ts";
import { ByteWriter } from "../../../../runtime/counting/byte-writer.ts";
import { SpaceSaving } from "../../../../runtime/counting/space-saving.ts";

const words = fc.array(fc.constantFrom(...Array.from("aaaaaaabbbbbcccddefghijklmnop")), { maxLength: 60 });
const batches = fc.array(words, { maxLength: 12 });

const countsOf = (list: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
};
const exact = (max: number, list: readonly string[]): SpaceSaving =>
  new SpaceSaving(
    max,
    [...countsOf(list)].map(([value, count]) => ({ value, count, error: 0 })),
  );

describe("the most frequent things", () => {
  it("are counted between count - error and count, and what is not followed at most as often as it says", () => {
    fc.assert(
      fc.property(
        batches,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 20 }),
        (lists, max, few) => {
          const top = new SpaceSaving(max);
          // What is merged may have left something out itself.
          for (const list of lists) top.merge(exact(few, list));
          const truth = countsOf(lists.flat());
          const items = top.top(max);
          for (const { value, count, error } of items) {
            const real = truth.get(value) ?? 0;
            assert.ok(
              real <= count && real >= count - error,
              `${value}: ${count - error}..${count}, ${real}`,
            );
          }
          for (const [value, real] of truth) {
            if (!items.some((item) => item.value === value)) assert.ok(real <= top.floor, value);
          }
        },
      ),
    );
  });

  it("include whatever makes up more than its share, and are exact while there is room", () => {
    const top = new SpaceSaving(4);
    for (let batch = 0; batch < 50; batch++) {
      top.merge(exact(100, ["x", "x", "x", `rare${batch}`, `odd${batch}`]));
    }
    assert.equal(top.top(1)[0]?.value, "x");
    const room = new SpaceSaving(10);
    room.merge(exact(10, ["a", "b", "a"]));
    assert.deepEqual(room.top(10), [
      { value: "a", count: 2, error: 0 },
      { value: "b", count: 1, error: 0 },
    ]);
  });

  it("are read back as they were written", () => {
    fc.assert(
      fc.property(batches, (lists) => {
        const top = new SpaceSaving(5);
        for (const list of lists) top.merge(exact(100, list));
        const writer = new ByteWriter();
        top.write(writer);
        const read = SpaceSaving.read(new ByteReader(writer.done()));
        assert.deepEqual([read.top(9), read.floor], [top.top(9), top.floor]);
      }),
    );
  });
});
