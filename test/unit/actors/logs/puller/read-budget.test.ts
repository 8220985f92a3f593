import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ReadBudget, shareOf } from "../../../../../actors/logs/puller/read-budget.ts";

const MIB = 1_048_576;

describe("the bytes that pullers share", () => {
  it("go to whoever is alone, up to what it asks for", () => {
    const budget = new ReadBudget(64 * MIB);
    assert.equal(budget.take("a", 2 * MIB), 2 * MIB);
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

  it("are shared alike by those of whom nobody knows yet how far behind they are", () => {
    const budget = new ReadBudget(8 * MIB);
    for (const who of ["a", "b", "c", "d"]) budget.join(who);
    assert.equal(budget.take("a", 8 * MIB), 2 * MIB);
    budget.note("b", 3_600_000);
    assert.equal(budget.take("b", 8 * MIB), 2 * MIB);
  });

  it("are shared as before with one that asks anew after it was read", () => {
    const budget = new ReadBudget(8 * MIB);
    for (const who of ["a", "b"]) budget.note(who, 5_000);
    budget.join("a");
    assert.equal(budget.shareOf("b"), 4 * MIB);
  });

  it("are more for each when fewer are read", () => {
    const budget = new ReadBudget(8 * MIB);
    for (const who of ["a", "b"]) budget.join(who);
    assert.equal(budget.shareOf("a"), 4 * MIB);
    budget.forget("b");
    assert.equal(budget.shareOf("a"), 8 * MIB);
  });

  it("make who comes late wait until something is given back", () => {
    const budget = new ReadBudget(2 * MIB);
    const taken = budget.take("a", 2 * MIB);
    assert.equal(budget.take("b", 2 * MIB), 0);
    budget.give(taken);
    assert.ok(budget.take("b", 2 * MIB) > 0);
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
          budget.note(String(who), lagMs);
          const bytes = budget.take(String(who), wanted);
          assert.ok(bytes <= wanted && budget.freeBytes >= 0);
          held.set(who, bytes);
        }
        for (const bytes of held.values()) budget.give(bytes);
        assert.equal(budget.freeBytes, 8 * MIB);
      }),
    );
  });
});
