import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { publicationBytes } from "../../../../actors/rooms/json-size.ts";
import { pageBefore } from "../../../../actors/rooms/stored-page.ts";
import type { Publication } from "../../../../protocols/client-frames.ts";

/** A store with publications of some lengths, and what was read of it at once. */
function storeOf(lengths: readonly number[]) {
  const all = lengths.map((length, index): Publication => {
    return { room: "live/final", offset: index + 1, from: "desk", data: "x".repeat(length), atMs: 0 };
  });
  const reads: number[] = [];
  const read = async (from: number, limit: number) => {
    const page = all.slice(from - 1, from - 1 + limit);
    reads.push(page.length);
    return page;
  };
  return { all, reads, read };
}

const offsets = (page: readonly Publication[]) => page.map(({ offset }) => offset);

describe("a page of what is stored", () => {
  it("has the latest before an offset, oldest first", async () => {
    const store = storeOf([1, 1, 1, 1, 1]);
    const page = await pageBefore(store, { before: 5, limit: 3, bytes: 10_000 });
    assert.deepEqual(offsets(page), [2, 3, 4]);
  });

  it("is empty before the first, and for a store that has lost its beginning", async () => {
    assert.deepEqual(await pageBefore(storeOf([1]), { before: 1, limit: 3, bytes: 10_000 }), []);
    const lost = { read: async () => [] };
    assert.deepEqual(await pageBefore(lost, { before: 9, limit: 3, bytes: 10_000 }), []);
  });

  it("has one publication however heavy it is", async () => {
    const page = await pageBefore(storeOf([10, 5_000]), { before: 3, limit: 9, bytes: 100 });
    assert.deepEqual(offsets(page), [2]);
  });

  it("keeps to both limits, leaves no hole, and leads back to the first with the pages before it", async () => {
    const limits = { limit: fc.integer({ min: 1, max: 120 }), bytes: fc.integer({ min: 1, max: 20_000 }) };
    const lengths = fc.array(fc.nat(2_000), { minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.record(limits), async (stored, { limit, bytes }) => {
        const { all, reads, read } = storeOf(stored);
        const seen: Publication[] = [];
        for (let before = all.length + 1; before > 1;) {
          const page = await pageBefore({ read }, { before, limit, bytes });
          assert.ok(page.length >= 1 && page.length <= limit);
          const weight = page.reduce((sum, publication) => sum + publicationBytes(publication), 0);
          assert.ok(weight <= bytes || page.length === 1);
          seen.unshift(...page);
          before = page[0]!.offset;
        }
        assert.deepEqual(seen, all);
        assert.ok(reads.every((count) => count <= 50));
      }),
    );
  });
});
