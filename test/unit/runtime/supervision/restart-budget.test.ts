import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { budgetLeft, spend } from "../../../../runtime/supervision/restart-budget.ts";
import type { RestartHistory } from "../../../../runtime/supervision/restart-budget.ts";

const rules = fc.record({ max: fc.nat(6), withinMs: fc.integer({ min: 1, max: 1_000 }) });
const pauses = fc.array(fc.nat(400), { maxLength: 40 });

describe("restart budget", () => {
  it("forgives max restarts in a window, and no more", () => {
    const rule = { max: 2, withinMs: 100 };
    let history: RestartHistory = [];
    assert.equal(budgetLeft(history, rule, 0), 2);
    history = spend(history, rule, 0);
    history = spend(history, rule, 50);
    assert.equal(budgetLeft(history, rule, 99), 0);
    assert.equal(budgetLeft(history, rule, 100), 1, "the first has left the window");
    assert.equal(budgetLeft(spend(history, rule, 99), rule, 99), -1);
  });

  it("counts exactly the restarts of the last withinMs", () => {
    fc.assert(
      fc.property(rules, pauses, (rule, steps) => {
        let history: RestartHistory = [];
        let nowMs = 0;
        const all: number[] = [];
        for (const pause of steps) {
          nowMs += pause;
          all.push(nowMs);
          history = spend(history, rule, nowMs);
          const counting = all.filter((atMs) => atMs > nowMs - rule.withinMs).length;
          assert.equal(budgetLeft(history, rule, nowMs), rule.max - counting);
          assert.equal(history.length, counting, "what has left the window is not kept");
        }
      }),
    );
  });

  it("changes no history that it is given", () => {
    const history = Object.freeze([1, 2, 3]);
    spend(history, { max: 1, withinMs: 10 }, 5);
    assert.deepEqual(history, [1, 2, 3]);
  });
});
