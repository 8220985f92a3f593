import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  countElsewhere,
  ELSEWHERE_MAX,
  forgetElsewhere,
  hearOf,
  isLate,
  movedFrom,
  namedElsewhere,
} from "../../../../actors/rooms/elsewhere.ts";
import type { Changed, Elsewhere } from "../../../../actors/rooms/elsewhere.ts";
import { RoomProtocol } from "../../../../protocols/room.ts";
import { Probe } from "../../../support/probe.ts";

const ROOMS = ["/a", "/b", "/c"].map((address) => new Probe(RoomProtocol, address));
const member = (id: number) => ({ id: `m${id}`, name: `m${id}` });

const word = fc.record({
  at: fc.constantFrom(...ROOMS),
  ids: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
  unnamed: fc.integer({ min: 0, max: 2 }),
  isGone: fc.boolean(),
});

/** Those of whom one knows who has heard of all comings and goings. */
function follow(known: Set<string>, { came, left }: Changed): void {
  for (const { id } of left) known.delete(id);
  for (const { id } of came) known.add(id);
}

describe("who is in the same room on other nodes", () => {
  it("is what each of them has said last, and whoever hears of the changes knows the same", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const elsewhere: Elsewhere = new Map();
        const counts = new Map<string, number>();
        const known = new Set<string>();
        let sum = 0;
        for (const { at, ids, unnamed, isGone } of words) {
          const count = isGone ? 0 : ids.length + unnamed;
          const changed = isGone
            ? forgetElsewhere(elsewhere, at.address)
            : hearOf(elsewhere, { at, count, members: ids.map(member) }, 0);
          counts.set(at.address, count);
          follow(known, changed);
          sum += changed.by;
          assert.equal(sum, countElsewhere(elsewhere));
          assert.deepEqual(known, new Set(Array.from(namedElsewhere(elsewhere), ({ id }) => id)));
        }
        assert.equal(
          sum,
          [...counts.values()].reduce((all, count) => all + count, 0),
        );
      }),
    );
  });

  it("is the same as before when they move together to another process, and the one before is heard no more", () => {
    const elsewhere: Elsewhere = new Map();
    const [before, heir] = [ROOMS[0]!, ROOMS[1]!];
    const said = { count: 3, members: [member(1)], party: "l" };
    hearOf(elsewhere, { at: before, ...said }, 0);
    assert.equal(movedFrom(elsewhere, { at: before, party: "l" }), undefined);
    assert.equal(movedFrom(elsewhere, { at: heir, party: "l" }), before);
    assert.deepEqual(hearOf(elsewhere, { at: heir, ...said }, 0), { came: [], left: [], by: 0 });
    assert.equal(countElsewhere(elsewhere), 3);
    assert.deepEqual(forgetElsewhere(elsewhere, before.address).by, -0);
    assert.equal(countElsewhere(elsewhere), 3, "the process before has ended");
    assert.deepEqual(hearOf(elsewhere, { at: before, ...said, count: 2 }, 0).by, -1, "it goes on after all");
    assert.equal(countElsewhere(elsewhere), 2);
  });

  it("is not what is still heard of a place that they have left, unless they stay there after all", () => {
    const elsewhere: Elsewhere = new Map();
    const [before, heir] = [ROOMS[0]!, ROOMS[1]!];
    const said = { count: 3, members: [member(1)], party: "l" };
    hearOf(elsewhere, { at: before, ...said, moves: 0 }, 0);
    hearOf(elsewhere, { at: heir, ...said, moves: 1 }, 0);
    assert.ok(isLate(elsewhere, { party: "l", moves: 0 }), "of before the move");
    assert.ok(!isLate(elsewhere, { party: "l", moves: 1 }), "of the heir");
    assert.ok(!isLate(elsewhere, { party: "l", moves: 2 }), "of who stays after all");
    assert.ok(!isLate(elsewhere, { party: "m" }), "of others");
    assert.ok(!isLate(elsewhere, { party: "l" }), "of a room of an earlier version, which has moved back");
    assert.ok(!isLate(elsewhere, {}), "of one before that");
  });

  it("is known of so many nodes at most", () => {
    const elsewhere: Elsewhere = new Map();
    for (let count = 0; count <= ELSEWHERE_MAX; count++) {
      const at = new Probe(RoomProtocol, `/${count}`);
      hearOf(elsewhere, { at, count: 1, members: [member(count)] }, 0);
    }
    assert.equal(countElsewhere(elsewhere), ELSEWHERE_MAX);
  });
});
