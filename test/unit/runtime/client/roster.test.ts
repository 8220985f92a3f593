import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { afterJoined, afterLeft, EMPTY_ROSTER, ROSTER_MAX } from "../../../../runtime/client/roster.ts";

const ash = { id: "1", name: "Ash" };
const fig = { id: "2", name: "Fig" };

test("a member who is announced twice stands in the roster once", () => {
  const roster = afterJoined(afterJoined(EMPTY_ROSTER, [ash], 1), [ash, fig], 2);
  assert.deepEqual(roster, { count: 2, members: [ash, fig] });
});

test("who left is gone, and the count is the room's own", () => {
  const roster = afterLeft({ count: 9, members: [ash, fig] }, [ash], 7);
  assert.deepEqual(roster, { count: 7, members: [fig] });
});

test("the roster names each member once and no more than its limit, whoever comes and goes", () => {
  const members = fc.array(
    fc.nat(400).map((id) => ({ id: String(id), name: "Ash" })),
    { maxLength: 150 },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), members), { maxLength: 12 }), (changes) => {
      let roster = EMPTY_ROSTER;
      for (const [came, some] of changes) roster = (came ? afterJoined : afterLeft)(roster, some, 1);
      assert.ok(roster.members.length <= ROSTER_MAX);
      assert.equal(new Set(roster.members.map((member) => member.id)).size, roster.members.length);
    }),
  );
});
