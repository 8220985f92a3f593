import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ReadBudget, shareOf } from "../../../../../actors/logs/puller/read-budget.ts";

const MIB = 1_048_576;

describe("the bytes that pullers share", () => {
  it("go to whoever is alone, up to what it asks for", () => {
    const budget = new ReadBudget(64 * MIB);
    assert.equal(budget.take("a", 0, 2 * MIB), 2 * MIB);
    assert.equal(budget.freeBytes, 62 * MIB);
  });

  it("go to who is further behind", () => {
    const [behind, ahead] = [
      shareOf(10 * MIB, 90_000, [90_000, 10_000]),
      shareOf(10 * MIB, 10_000, [90_000, 10_000]),
    ];
    assert.equal(behind, 9 * MIB);
    assert.equal(ahead, MIB);
  });

  it("let nobody starve beside one that is hours behind", () => {
    const share = shareOf(64 * MIB, 0, [0, 86_400_000]);
    assert.ok(share >= 65_536, String(share));
  });

  it("make who comes late wait until something is given back", () => {
    const budget = new ReadBudget(2 * MIB);
    const taken = budget.take("a", 0, 2 * MIB);
    assert.equal(budget.take("b", 0, 2 * MIB), 0);
    budget.give(taken);
    assert.ok(budget.take("b", 0, 2 * MIB) > 0);
  });

  it("are never more than there are, and all come back", () => {
    const step = fc.record({
      who: fc.nat(9),
      lagMs: fc.nat(1_000_000),
      wanted: fc.integer({ min: 1, max: 4 * MIB }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const budget = new ReadBudget(8 * MIB);
        const held = new Map<number, number>();
        for (const { who, lagMs, wanted } of steps) {
          budget.give(held.get(who) ?? 0);
          const bytes = budget.take(String(who), lagMs, wanted);
          assert.ok(bytes <= wanted && budget.freeBytes >= 0);
          held.set(who, bytes);
        }
        for (const bytes of held.values()) budget.give(bytes);
        assert.equal(budget.freeBytes, 8 * MIB);
      }),
    );
  });
});
