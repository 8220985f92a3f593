import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parentsOf, readShard } from "../../../../runtime/sls/sls-shard.ts";
import type { SlsShard } from "../../../../runtime/sls/sls-shard.ts";

describe("shards of a logstore", () => {
  it("are read as the service lists them", () => {
    const listed = {
      shardID: 3,
      status: "ReadOnly",
      inclusiveBeginKey: "0A",
      exclusiveEndKey: "FF",
      createTime: 7,
    };
    assert.deepEqual(readShard(listed), {
      id: 3,
      isReadonly: true,
      beginKey: "0a",
      endKey: "ff",
      createdAt: 7,
    });
    assert.equal(readShard({ ...listed, shardID: "3" }), undefined);
  });

  it("know their parents by their ranges, through splits and merges", () => {
    const all = [
      shard(0, "00", "80", true),
      shard(1, "80", "ff", true),
      // 0 was split.
      shard(2, "00", "40", true),
      shard(3, "40", "80", true),
      // 3 and 1 were merged, and that was split again.
      shard(4, "40", "ff", true),
      shard(5, "40", "c0"),
      shard(6, "c0", "ff"),
      // 2 was split within the same second.
      shard(7, "00", "20"),
      shard(8, "20", "40"),
    ];
    const parents = (id: number) => parentsOf(all[id] ?? shard(id, "", ""), all).map((parent) => parent.id);
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map(parents), [
      [],
      [],
      [0],
      [0],
      [1, 3],
      [4],
      [4],
      [2],
      [2],
    ]);
  });

  it("have no parents any more when those are gone", () => {
    const child = shard(7, "00", "20");
    assert.deepEqual(parentsOf(child, [child, shard(8, "20", "40")]), []);
  });
});

function shard(id: number, begin: string, end: string, isReadonly = false): SlsShard {
  return { id, isReadonly, beginKey: begin.padEnd(32, "0"), endKey: end.padEnd(32, "0"), createdAt: 100 };
}
