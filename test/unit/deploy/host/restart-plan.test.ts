import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { planRestart } from "../../../../deploy/host/restart-plan.ts";
import type { RestartRule } from "../../../../deploy/host/restart-plan.ts";

const RULE: RestartRule = {
  restarts: 3,
  restartWindowMs: 60_000,
  restartAfterMs: 100,
  restartAfterMaxMs: 10_000,
  retryEveryMs: 30_000,
};

/** The delays of restarts after lives of these lengths. */
function delays(
  rule: RestartRule,
  lives: readonly number[],
  random: number,
): { delayMs: number; isSlow: boolean }[] {
  let nowMs = 0;
  let history: readonly number[] = [];
  return lives.map((lifeMs) => {
    nowMs += lifeMs;
    const planned = planRestart(rule, history, { nowMs, random });
    history = planned.history;
    nowMs += planned.delayMs;
    return planned;
  });
}

describe("a worker that dies again and again", () => {
  it("is started quickly at first, each time after twice as long, and then only now and then", () => {
    assert.deepEqual(
      delays(RULE, [0, 0, 0, 0, 0], 0).map(({ delayMs, isSlow }) => [delayMs, isSlow]),
      [
        [100, false],
        [200, false],
        [400, false],
        [30_000, true],
        [30_000, true],
      ],
    );
  });

  it("is started quickly again after it has lived for long", () => {
    const [, , , slow, again] = delays(RULE, [0, 0, 0, 0, 61_000], 0);
    assert.equal(slow?.isSlow, true);
    assert.deepEqual([again?.delayMs, again?.isSlow], [100, false]);
  });

  it("never storms: within any window at most the budget is quick", () => {
    const rules = fc.record({
      restarts: fc.integer({ min: 1, max: 10 }),
      restartWindowMs: fc.integer({ min: 1_000, max: 100_000 }),
      restartAfterMs: fc.integer({ min: 1, max: 1_000 }),
      restartAfterMaxMs: fc.integer({ min: 1_000, max: 20_000 }),
      retryEveryMs: fc.integer({ min: 1_000, max: 600_000 }),
    });
    const lives = fc.array(fc.integer({ min: 0, max: 50_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        rules,
        lives,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (rule, lifeMs, random) => {
          let nowMs = 0;
          const quickAtMs: number[] = [];
          for (const [index, planned] of delays(rule, lifeMs, random).entries()) {
            nowMs += lifeMs[index] ?? 0;
            if (planned.isSlow) assert.equal(planned.delayMs, rule.retryEveryMs);
            else quickAtMs.push(nowMs);
            const recent = quickAtMs.filter((atMs) => nowMs - atMs < rule.restartWindowMs);
            assert.ok(recent.length <= rule.restarts);
            assert.ok(planned.delayMs > 0 || rule.restartAfterMs < 2);
            nowMs += planned.delayMs;
          }
        },
      ),
    );
  });
});
