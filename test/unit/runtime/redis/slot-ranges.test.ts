import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rangesOf } from "../../../../runtime/redis/slot-ranges.ts";

describe("who serves which hash slots", () => {
  it("is read from CLUSTER SLOTS: of each range the primary comes first, whatever replicas it has", () => {
    const answer = [
      [0, 5_460, ["127.0.0.1", 7_000, "aa", []], ["127.0.0.1", 7_003, "dd", []]],
      [5_461, 5_461, ["127.0.0.1", 7_001, "bb", []]],
    ];
    assert.deepEqual(rangesOf(answer), [
      { first: 0, last: 5_460, primary: "aa" },
      { first: 5_461, last: 5_461, primary: "bb" },
    ]);
  });
});
