import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HASH_SLOTS } from "../../../../runtime/redis/key-slot.ts";
import type { SlotRange } from "../../../../runtime/redis/slot-ranges.ts";
import { ShardMap } from "../../../../runtime/sharding/shard-map.ts";

/** All slots, in equal parts, each served by one of these. */
function served(...primaries: readonly string[]): SlotRange[] {
  const size = HASH_SLOTS / primaries.length;
  return primaries.map((primary, at) => ({
    first: Math.ceil(at * size),
    last: Math.ceil((at + 1) * size) - 1,
    primary,
  }));
}

const shards = (map: ShardMap): (string | undefined)[] =>
  [0, 8_000, HASH_SLOTS - 1].map((slot) => map.shardOf(slot));

describe("the shards of a store", () => {
  it("keep their names when a replica takes over, and when the old primary comes back", () => {
    const map = new ShardMap();
    map.learn(served("a", "b", "c"));
    assert.deepEqual(shards(map), ["a", "b", "c"]);
    map.learn(served("a2", "b", "c"));
    assert.deepEqual(shards(map), ["a", "b", "c"]);
    map.learn(served("a", "b", "c"));
    assert.deepEqual(shards(map), ["a", "b", "c"]);
    map.learn(served("a3", "b3", "c3"));
    assert.deepEqual(shards(map), ["a", "b", "c"]);
  });

  it("lose a slot to another one when it moves there", () => {
    const map = new ShardMap();
    map.learn(served("a", "b"));
    const moved = { first: 0, last: 0, primary: "b" };
    map.learn([
      moved,
      { first: 1, last: 8_191, primary: "a" },
      { first: 8_192, last: HASH_SLOTS - 1, primary: "b" },
    ]);
    assert.deepEqual(
      [0, 1].map((slot) => map.shardOf(slot)),
      ["b", "a"],
    );
  });

  it("have another name when a server joins beside the others, also one that served before", () => {
    const map = new ShardMap();
    map.learn(served("a", "b"));
    map.learn(served("a2", "b"));
    map.learn(served("a2", "b", "a"));
    const [first, , last] = shards(map);
    assert.equal(first, "a");
    assert.ok(last !== undefined && !["a", "b"].includes(last));
  });

  it("are nobody's where no server serves", () => {
    const map = new ShardMap();
    assert.equal(map.shardOf(1), undefined);
    map.learn([{ first: 5, last: 9, primary: "a" }]);
    assert.deepEqual(
      [4, 5, 10].map((slot) => map.shardOf(slot)),
      [undefined, "a", undefined],
    );
  });

  it("are never one for two servers, whoever takes over from whom", () => {
    const layout = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(layout, { minLength: 1 }), (layouts) => {
        const map = new ShardMap();
        for (const primaries of layouts) {
          const ranges = served(...primaries);
          map.learn(ranges);
          const names = ranges.map(({ first }) => map.shardOf(first));
          assert.equal(new Set(names).size, primaries.length);
          assert.ok(!names.includes(undefined));
        }
      }),
    );
  });
});
