import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Placement } from "../../../../runtime/sharding/placement.ts";
import type { PlacementCandidate } from "../../../../runtime/sharding/placement.ts";

const KEYS = Array.from({ length: 1_000 }, (_, index) => `room/${index}`);

function node(
  incarnation: string,
  capacity = 1,
  roles: readonly string[] = ["entities"],
): PlacementCandidate {
  return { incarnation, capacity, roles };
}

function placed(candidates: readonly PlacementCandidate[], role = "entities"): (string | undefined)[] {
  const placement = new Placement(candidates);
  return KEYS.map((key) => placement.of(key, role));
}

const candidates = fc.uniqueArray(
  fc.record({
    incarnation: fc.uuid().map((id) => `node/${id}`),
    capacity: fc.integer({ min: 0, max: 8 }),
    roles: fc.subarray(["entities", "logs"]),
  }),
  { selector: ({ incarnation }) => incarnation, minLength: 1, maxLength: 8 },
);
/** Each looks at a thousand places twice. */
const RUNS = { numRuns: 40 };

describe("placement", () => {
  it("gives a member that comes only what it takes itself", () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const before = placed(all.slice(1));
        for (const [index, where] of placed(all).entries()) {
          assert.ok(where === before[index] || where === all[0]?.incarnation, KEYS[index]);
        }
      }),
      RUNS,
    );
  });

  it("moves only what a member had that goes", () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const after = placed(all.slice(1));
        for (const [index, where] of placed(all).entries()) {
          if (where !== all[0]?.incarnation) assert.equal(after[index], where, KEYS[index]);
        }
      }),
      RUNS,
    );
  });

  it("does not depend on the order of the members", () => {
    fc.assert(
      fc.property(candidates, (all) => {
        assert.deepEqual(placed(all.toReversed()), placed(all));
      }),
      RUNS,
    );
  });

  it("honours roles, and capacities of nothing", () => {
    fc.assert(
      fc.property(candidates, fc.constantFrom("entities", "logs", "fleet"), (all, role) => {
        const able = all.filter(({ roles, capacity }) => roles.includes(role) && capacity > 0);
        for (const where of placed(all, role)) {
          assert.equal(where !== undefined, able.length > 0);
          assert.ok(where === undefined || able.some(({ incarnation }) => incarnation === where));
        }
      }),
      RUNS,
    );
  });

  it("gives each member its share, as exactly as chance allows", () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const able = all.filter(({ roles, capacity }) => roles.includes("entities") && capacity > 0);
        const sum = able.reduce((total, { capacity }) => total + capacity, 0);
        const where = placed(all);
        for (const { incarnation, capacity } of able) {
          const share = capacity / sum;
          const had = where.filter((one) => one === incarnation).length;
          const deviation = Math.sqrt(KEYS.length * share * (1 - share));
          assert.ok(
            Math.abs(had - KEYS.length * share) <= 6 * deviation + 3,
            `${had} of ${KEYS.length}, for ${share}`,
          );
        }
      }),
      RUNS,
    );
  });

  it("spreads what a lost member had over all others", () => {
    const all = ["a", "b", "c", "d", "e"].map((name) => node(name));
    const before = placed(all);
    const after = placed(all.slice(1));
    const heirs = new Set(after.filter((_, index) => before[index] === "a"));
    assert.deepEqual(
      [...heirs].toSorted((a, b) => (a ?? "").localeCompare(b ?? "")),
      ["b", "c", "d", "e"],
    );
  });

  it("ranks those to whom a key goes when all before are gone", () => {
    fc.assert(
      fc.property(candidates, fc.string(), (all, key) => {
        let left = all;
        for (const incarnation of new Placement(all).ranked(key, "entities")) {
          assert.equal(new Placement(left).of(key, "entities"), incarnation);
          left = left.filter((one) => one.incarnation !== incarnation);
        }
        assert.equal(new Placement(left).of(key, "entities"), undefined);
      }),
    );
  });

  it("stays where it is from one release to the next", () => {
    const placement = new Placement([node("a/1"), node("b/1"), node("c/1", 2)]);
    assert.deepEqual(
      ["room/lobby", "room/match%2F7", "inbox/u1", "inbox/u2", "time-block/x:1"].map((key) =>
        placement.of(key, "entities"),
      ),
      ["b/1", "a/1", "c/1", "c/1", "c/1"],
    );
  });
});
