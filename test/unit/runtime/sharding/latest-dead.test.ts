import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EMPTY_VIEW, learn } from "../../../../runtime/membership/member-view.ts";
import type { EndCause, MemberRow } from "../../../../runtime/membership/member-view.ts";
import { LatestDead } from "../../../../runtime/sharding/latest-dead.ts";
import { memberFacts } from "../../../support/member-facts.ts";

function dead(node: string, atMs?: number): MemberRow {
  const cause: EndCause = atMs === undefined ? "lost" : "expired";
  return {
    ...memberFacts(node),
    state: "dead",
    joinedAtMs: 1,
    ended: atMs === undefined ? { cause } : { cause, atMs },
  };
}

function viewOf(...rows: readonly MemberRow[]) {
  return learn(EMPTY_VIEW, { version: 1, rows }, 0);
}

describe("those who died last", () => {
  const up: MemberRow = { ...memberFacts("up"), state: "up", joinedAtMs: 1 };
  const incarnations = (...nodes: string[]) => nodes.map((node) => memberFacts(node).incarnation);

  it("are the latest ones, first those whom the table has lost, and nobody who lives", () => {
    const view = viewOf(dead("early", 1), up, dead("late", 3), dead("lost"), dead("between", 2));
    assert.deepEqual(new LatestDead(3).of(view), incarnations("lost", "late", "between"));
    assert.deepEqual(new LatestDead(9).of(viewOf(up)), []);
  });

  it("are the same array for the same view, and looked up anew for another one", () => {
    const latest = new LatestDead(2);
    const view = viewOf(up, dead("a", 1));
    assert.equal(latest.of(view), latest.of(view));
    assert.deepEqual(latest.of(viewOf(dead("b", 2), dead("a", 1))), incarnations("b", "a"));
  });
});
