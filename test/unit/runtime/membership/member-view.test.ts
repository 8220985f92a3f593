import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  diffViews,
  EMPTY_VIEW,
  learn,
  mayBecome,
  revived,
  settleMissing,
} from "../../../../runtime/membership/member-view.ts";
import type { MemberRow, MemberState, MemberView } from "../../../../runtime/membership/member-view.ts";
import { memberFacts } from "../../../support/member-facts.ts";

const STATES: readonly MemberState[] = ["joining", "up", "leaving", "dead"];

function row(node: string, state: MemberState): MemberRow {
  return { ...memberFacts(node), state, joinedAtMs: 1 };
}

function view(...rows: MemberRow[]): MemberView {
  return learn(EMPTY_VIEW, { version: 1, rows }, 0);
}

function states(of: MemberView): Record<string, MemberState> {
  return Object.fromEntries(Array.from(of.members.values(), ({ node, state }) => [node, state]));
}

const rows = fc
  .array(fc.record({ node: fc.constantFrom("a", "b", "c", "d"), state: fc.constantFrom(...STATES) }))
  .map((list) => [...new Map(list.map(({ node, state }) => [node, row(node, state)])).values()]);

describe("a view of the members", () => {
  it("tells who has come into which state, the dead first", () => {
    const before = view(row("a", "up"), row("b", "up"));
    const after = learn(
      before,
      { version: 2, rows: [row("c", "joining"), row("a", "leaving"), row("b", "dead")] },
      0,
    );
    assert.deepEqual(
      diffViews(before, after).map(({ kind, member }) => `${member.node} ${kind}`),
      ["b dead", "c joining", "a leaving"],
    );
  });

  it("takes a restart for somebody new", () => {
    const before = view(row("a", "up"));
    const again = { ...row("a", "joining"), incarnation: "a/second" };
    const after = learn(before, { version: 2, rows: [row("a", "dead"), again] }, 0);
    assert.deepEqual(
      diffViews(before, after).map(({ kind, member }) => `${member.incarnation} ${kind}`),
      [`${row("a", "up").incarnation} dead`, "a/second joining"],
    );
  });

  it("lets nobody go back, whatever tables a failover brings up", () => {
    fc.assert(
      fc.property(fc.array(rows), (tables) => {
        let known = EMPTY_VIEW;
        for (const [index, table] of tables.entries()) {
          const next = learn(known, { version: index, rows: table }, index);
          for (const member of next.members.values()) {
            const before = known.members.get(member.incarnation);
            assert.ok(before === undefined || mayBecome(before.state, member.state));
          }
          known = next;
        }
      }),
    );
  });

  it("gives by its changes exactly the view that they lead to", () => {
    fc.assert(
      fc.property(rows, rows, (first, second) => {
        const before = view(...first);
        const after = learn(before, { version: 2, rows: second }, 0);
        const told = states(before);
        for (const { kind, member } of diffViews(before, after)) told[member.node] = kind;
        assert.deepEqual({ ...told, ...states(after) }, told);
        assert.deepEqual(diffViews(after, after), []);
      }),
    );
  });

  it("names the dead whom the table takes to be alive again", () => {
    const known = view(row("a", "dead"), row("b", "up"));
    const table = { version: 2, rows: [row("a", "up"), row("b", "up")] };
    assert.deepEqual(revived(known, table), [row("a", "up").incarnation]);
    assert.deepEqual(states(learn(known, table, 0)), { a: "dead", b: "up" });
  });
});

describe("a member without a row", () => {
  it("is missing, and dead only when it does not come back in its time", () => {
    const lost = learn(view(row("a", "up")), { version: 0, rows: [] }, 1_000);
    assert.deepEqual(states(settleMissing(lost, 7_999, 7_000)), { a: "up" });
    const settled = settleMissing(lost, 8_000, 7_000);
    assert.deepEqual(states(settled), { a: "dead" });
    assert.deepEqual([...settled.members.values()][0]?.ended, { cause: "lost" });
  });

  it("is missing since the first look that did not find it", () => {
    const lost = learn(view(row("a", "up")), { version: 0, rows: [] }, 1_000);
    const still = learn(lost, { version: 3, rows: [] }, 5_000);
    assert.deepEqual(states(settleMissing(still, 8_000, 7_000)), { a: "dead" });
  });

  it("is itself again when it has written its row again, also before it says that it is up", () => {
    const lost = learn(view(row("a", "up")), { version: 0, rows: [] }, 1_000);
    const back = learn(lost, { version: 3, rows: [row("a", "joining")] }, 2_000);
    assert.deepEqual(states(settleMissing(back, 99_000, 7_000)), { a: "up" });
    assert.deepEqual(diffViews(view(row("a", "up")), back), []);
  });

  it("is forgotten without a word when it was dead", () => {
    const forgotten = learn(view(row("a", "dead")), { version: 3, rows: [] }, 0);
    assert.equal(forgotten.members.size, 0);
    assert.deepEqual(diffViews(view(row("a", "dead")), forgotten), []);
  });
});

describe("the states of a member", () => {
  it("only go forward, and end with dead", () => {
    const may = STATES.map((from) => STATES.filter((to) => mayBecome(from, to)).join(" "));
    assert.deepEqual(may, ["joining up leaving dead", "up leaving dead", "leaving dead", "dead"]);
  });
});
