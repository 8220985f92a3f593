import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HASH_SLOTS, slotOf } from "../../../../runtime/redis/key-slot.ts";
import { MARK_PARTS, markKey } from "../../../../runtime/redis/redis-keys.ts";

describe("the hash slot of a key", () => {
  it("is that of Redis", () => {
    // The check value of the specification, and what CLUSTER KEYSLOT answers.
    assert.equal(slotOf("123456789"), 0x31_c3);
    assert.deepEqual(["foo", "", "中"].map(slotOf), [12_182, 0, 3_858]);
  });

  it("is that of the first pair of braces with something in it", () => {
    for (const key of ["{foo}:own", "a{foo}{bar}", "x{foo}y"]) assert.equal(slotOf(key), slotOf("foo"));
    assert.equal(slotOf("foo{{bar}}"), slotOf("{bar"));
    for (const whole of ["foo{}{bar}", "foo{bar"]) assert.notEqual(slotOf(whole), slotOf("bar"));
  });

  it("of each mark is in its stretch of the slots", () => {
    const stretches = Array.from({ length: MARK_PARTS }, (_, part) =>
      Math.floor((slotOf(markKey(part)) * MARK_PARTS) / HASH_SLOTS),
    );
    assert.deepEqual(
      stretches,
      stretches.map((_, part) => part),
    );
  });
});
