import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseTreeFilter } from "../../../../actors/ops/tree-filter.ts";
import type { TreeNode } from "../../../../runtime/kernel/tree-node.ts";

const room: TreeNode = {
  name: "chat$2flobby",
  path: "/rooms/chat$2flobby",
  type: "room",
  state: "running",
  incarnation: 4,
  mailbox: { depth: 12, oldestAgeMs: 40 },
  handled: 100,
  failed: 1,
  refused: 0,
  restarts: 1,
  restart: "permanent",
  supervision: { strategy: "oneForOne" },
  budgets: {
    crash: { left: 5, max: 5, withinMs: 60_000 },
    stall: { left: 5, max: 5, withinMs: 600_000 },
  },
  pulse: { progressWithinMs: 30_000, stalls: 0 },
  uptimeMs: 5_000,
  childCount: 0,
};

function holds(text: string): boolean {
  const parsed = parseTreeFilter(text);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.text);
  return parsed.filter(room);
}

function refusal(text: string): string {
  const parsed = parseTreeFilter(text);
  return parsed.ok ? "" : parsed.text;
}

describe("a tree filter", () => {
  it("compares numbers as numbers", () => {
    assert.ok(holds("mailbox>9"));
    assert.ok(!holds("mailbox>12"));
    assert.ok(holds("mailbox>=12"));
    assert.ok(holds("restarts=1"));
    assert.ok(holds("uptimeMs<1e4"));
    assert.ok(!holds("stalls>0"));
  });

  it("compares words, and finds them inside others whatever their case", () => {
    assert.ok(holds("type=room"));
    assert.ok(!holds("type=Room"));
    assert.ok(holds("name~LOBBY"));
    assert.ok(holds("state!=stopped"));
  });

  it("looks for any word where people would", () => {
    assert.ok(holds("any~chat/lobby"));
    assert.ok(holds("any~Room"));
    assert.ok(!holds("any~rooms"));
  });

  it("wants all of its conditions", () => {
    assert.ok(holds("type=room, restarts>0"));
    assert.ok(!holds("type=room,restarts>1"));
  });

  it("is refused by name when it makes no sense", () => {
    assert.match(refusal("colour=red"), /"colour" is no field; known: name, path/);
    assert.match(refusal("constructor=1"), /"constructor" is no field/);
    assert.match(refusal("restarts"), /"restarts" is no condition; write a field, one of = !=/);
    assert.match(refusal("restarts>many"), /restarts is a number, and "many" is none/);
    assert.match(refusal("restarts>"), /restarts is a number, and "" is none/);
    assert.match(refusal(Array(9).fill("restarts>0").join(",")), /more than 8 conditions/);
  });

  it("never throws, whatever is typed", () => {
    const word = fc.constantFrom(
      "name",
      "restarts",
      "mailbox",
      "__proto__",
      "=",
      ">=",
      "~",
      ",",
      " ",
      "1",
      "-",
      "x",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join("")),
        ),
        (text) => {
          const parsed = parseTreeFilter(text);
          assert.ok(parsed.ok ? typeof parsed.filter(room) === "boolean" : parsed.text !== "");
        },
      ),
    );
  });
});
