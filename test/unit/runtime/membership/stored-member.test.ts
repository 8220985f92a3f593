import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readRows } from "../../../../runtime/membership/stored-member.ts";
import { memberFacts } from "../../../support/member-facts.ts";

function stored(facts: unknown, more: Record<string, unknown> = {}): string {
  return JSON.stringify({ state: "up", joinedAtMs: 5, facts: JSON.stringify(facts), ...more });
}

describe("the rows of the table in Redis", () => {
  it("are read with what they say of their end", () => {
    const dead = stored(memberFacts("b"), { state: "dead", cause: "left", atMs: 9 });
    assert.deepEqual(readRows(["a/first", stored(memberFacts("a")), "b/first", dead]), [
      { ...memberFacts("a"), state: "up", joinedAtMs: 5 },
      { ...memberFacts("b"), state: "dead", joinedAtMs: 5, ended: { cause: "left", atMs: 9 } },
    ]);
  });

  it("may say more than this version knows", () => {
    assert.equal(readRows(["a/first", stored({ ...memberFacts("a"), zone: "north" })])[0]?.node, "a");
  });

  it("are left out one by one when they cannot be read", () => {
    const facts = memberFacts("a");
    const bad = [
      "",
      "null",
      "[]",
      "{",
      JSON.stringify({ state: "up" }),
      stored({ ...facts, roles: "all" }),
      stored({ ...facts, roles: [7] }),
      stored({ ...facts, capacity: "1" }),
      stored({ ...facts, protocol: null }),
      stored({ ...facts, incarnation: undefined }),
    ];
    for (const text of bad) {
      assert.deepEqual(readRows(["x", text, "a/first", stored(facts)]).length, 1, text);
    }
  });

  it("never throw, whatever somebody has written there", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.json(),
            fc.jsonValue().map((value) => stored(value)),
          ),
        ),
        (texts) => {
          assert.ok(readRows(texts.flatMap((text) => ["x", text])).length <= texts.length);
        },
      ),
    );
  });
});
