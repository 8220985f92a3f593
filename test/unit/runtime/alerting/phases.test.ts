import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { nextPhase } from "../../../../runtime/alerting/next-phase.ts";
import type { PhaseState, Verdict } from "../../../../runtime/alerting/next-phase.ts";
import { AlertRun, alertRule, fact, phasesOf } from "../../../support/alert-run.ts";

const [IN, PE, FI, RE, OV] = ["inactive", "pending", "firing", "recovering", "resolved"] as const;

describe("an alert with a limit", () => {
  it("fires with the first bad block, and is over with the first good one, unless more is asked for", () => {
    assert.deepEqual(phasesOf({ fireAbove: 10 }, [9, 10, 11, 12, 10, 3]), [IN, IN, FI, FI, OV, IN]);
  });

  it("waits for so many bad blocks in a row", () => {
    const values = [11, 9, 11, 11, 11, 9];
    assert.deepEqual(phasesOf({ fireAbove: 10, for: 3 }, values), [PE, IN, PE, PE, FI, OV]);
  });

  it("waits for so many bad blocks out of a few", () => {
    const values = [11, 9, 9, 11, 9, 11];
    assert.deepEqual(phasesOf({ fireAbove: 10, for: 2, within: 3 }, values), [PE, PE, IN, PE, PE, FI]);
  });

  it("goes on between the limit and the one for the end, and does not begin there", () => {
    const rule = { fireAbove: 10, clearBelow: 5, for: 1 };
    assert.deepEqual(phasesOf(rule, [7, 11, 7, 10, 5, 4, 7]), [IN, FI, FI, FI, FI, OV, IN]);
  });

  it("has the same downwards", () => {
    const rule = { fireBelow: 10, clearAbove: 20 };
    assert.deepEqual(phasesOf(rule, [15, 9, 15, 20, 21, 15]), [IN, FI, FI, FI, OV, IN]);
    assert.deepEqual(phasesOf({ fireBelow: 10 }, [10, 9, 10]), [IN, FI, OV]);
  });

  it("keeps firing until so many blocks in a row were good", () => {
    const values = [11, 1, 1, 11, 1, 1, 1];
    assert.deepEqual(phasesOf({ fireAbove: 10, keepFiring: 3 }, values), [FI, RE, RE, FI, RE, RE, OV]);
  });

  it("begins to count anew once it is over", () => {
    const rule = { fireAbove: 10, for: 2, within: 3 };
    assert.deepEqual(phasesOf(rule, [11, 11, 1, 11, 11]), [PE, FI, OV, PE, FI]);
  });
});

describe("a block without a value", () => {
  it("leaves the alert as it is, unless the rule says otherwise", () => {
    const values = [11, undefined, 11, undefined, 1];
    assert.deepEqual(phasesOf({ fireAbove: 10, for: 2 }, values), [PE, PE, FI, FI, OV]);
    assert.deepEqual(phasesOf({ fireAbove: 10, for: 2, onNoData: "fire" }, values), [PE, FI, FI, FI, OV]);
    assert.deepEqual(phasesOf({ fireAbove: 10, for: 2, onNoData: "ok" }, values), [PE, IN, PE, IN, IN]);
  });

  it("leaves what was wrong as it was told", () => {
    const run = new AlertRun(alertRule({ fireAbove: 5 }));
    run.steps([9, undefined]);
    assert.deepEqual([run.state.phase.phase, run.state.latestBad?.value], ["firing", 9]);
    const gap = new AlertRun(alertRule({ fireAbove: 5, onNoData: "fire" }));
    gap.steps([1, undefined]);
    assert.equal(gap.state.latestBad?.sense, "none", "that is what is wrong");
  });

  it("is noted once for each gap", () => {
    const run = new AlertRun(alertRule({ fireAbove: 10 }));
    run.steps([1, undefined, undefined, 1, undefined]);
    assert.deepEqual(
      run.state.changes.map(({ became }) => became),
      ["noData", "noData"],
    );
  });
});

describe("an alert that wants something to be counted", () => {
  it("fires when nothing was, and is over when something is", () => {
    const rule = { kind: "absence", for: 2 } as const;
    assert.deepEqual(phasesOf(rule, [5, 0, 0, 0, 1]), [IN, PE, FI, FI, OV]);
    assert.deepEqual(phasesOf(rule, [undefined, undefined]), [PE, FI]);
  });
});

describe("a block with few records", () => {
  it("is never bad, and ends what was", () => {
    const run = new AlertRun(alertRule({ fireAbove: 0.5, minVolume: 100 }));
    assert.equal(run.step(fact(1, 0.9, 99)), "inactive");
    assert.equal(run.step(fact(2, 0.9, 100)), "firing");
    assert.equal(run.step(fact(3, 0.9, 10)), "resolved");
  });
});

describe("a block soon after a deployment", () => {
  it("is neither bad nor good", () => {
    const run = new AlertRun(alertRule({ fireAbove: 10, muteMs: 360_000 }));
    run.steps([1]);
    // In the middle of the second block.
    run.state.deployedMs = [1_001 * 180_000 + 90_000];
    assert.deepEqual(run.steps([50, 50, 50, 50]), [IN, IN, IN, FI]);
    assert.deepEqual(
      run.judgements.slice(1).map(({ sense }) => sense),
      ["muted", "muted", "muted", "bad"],
    );
  });
});

describe("what has become of an alert", () => {
  it("is told with the ends of the blocks, and what was said of it ends with it", () => {
    const run = new AlertRun(alertRule({ fireAbove: 10, for: 2, keepFiring: 2 }));
    run.steps([11, 12]);
    run.state.acknowledged = { by: "ops", atMs: 1 };
    run.state.toldAtMs = 1;
    run.state.movers = [];
    assert.equal(run.state.badSinceBlock, 1_000);
    run.steps([1, 2]);
    assert.deepEqual(run.state.changes, [
      { atMs: 1_001 * 180_000, became: "pending", value: 11 },
      { atMs: 1_002 * 180_000, became: "firing", value: 12 },
      { atMs: 1_003 * 180_000, became: "recovering", value: 1 },
      { atMs: 1_004 * 180_000, became: "resolved", value: 2 },
    ]);
    const { acknowledged, toldAtMs, movers, badSinceBlock } = run.state;
    assert.deepEqual(
      [acknowledged, toldAtMs, movers, badSinceBlock],
      [undefined, 1, undefined, undefined],
      "that people know of it ends when they are told",
    );
  });

  it("is kept up to a limit", () => {
    const run = new AlertRun(alertRule({ fireAbove: 10 }));
    run.steps(Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? 11 : 1)));
    assert.equal(run.state.changes.length, 200);
    assert.equal(run.state.changes.at(-1)?.atMs, 2_000 * 180_000);
  });
});

const verdicts = fc.array(fc.constantFrom<Verdict>("bad", "between", "good", "unsure"), { maxLength: 60 });
const someTerms = fc
  .record({ bad: fc.integer({ min: 1, max: 5 }), more: fc.nat(4), good: fc.integer({ min: 1, max: 4 }) })
  .map(({ bad, more, good }) => ({ bad, within: bad + more, good, muteMs: 0 }));
const START: PhaseState = { phase: "inactive", recent: [], goodRow: 0 };

describe("the phases of an alert", () => {
  it("begin to fire with a bad block alone, when enough were bad, and end with enough good ones in a row", () => {
    fc.assert(
      fc.property(verdicts, someTerms, (said, terms) => {
        let state = START;
        let sure: Verdict[] = [];
        for (const verdict of said) {
          const before = state.phase;
          state = nextPhase(state, verdict, terms);
          if (verdict !== "unsure") sure = [...sure, verdict];
          const wasOn = before === "firing" || before === "recovering";
          if (!wasOn && state.phase === "firing") {
            assert.equal(verdict, "bad");
            assert.ok(sure.slice(-terms.within).filter((one) => one === "bad").length >= terms.bad);
            sure = [];
          }
          if (state.phase === "resolved" && before !== "resolved") {
            assert.ok(sure.slice(-terms.good).every((one) => one === "good"));
            sure = [];
          }
          if (wasOn) assert.ok(["firing", "recovering", "resolved"].includes(state.phase));
          assert.ok(state.recent.length <= terms.within);
        }
      }),
    );
  });

  it("are pending exactly while what was bad can still count", () => {
    fc.assert(
      fc.property(verdicts, someTerms, (said, terms) => {
        let state = START;
        for (const verdict of said) {
          state = nextPhase(state, verdict, terms);
          if (state.phase !== "pending" && state.phase !== "inactive") continue;
          let ahead: PhaseState = state;
          let more = 0;
          for (; ahead.phase !== "firing"; more++) ahead = nextPhase(ahead, "bad", terms);
          assert.equal(state.phase === "pending", more < terms.bad, JSON.stringify([said, terms]));
        }
      }),
    );
  });

  it("stay as they are while nothing is sure", () => {
    fc.assert(
      fc.property(verdicts, someTerms, (said, terms) => {
        const state = said.reduce((before, verdict) => nextPhase(before, verdict, terms), START);
        assert.deepEqual(nextPhase(state, "unsure", terms), state);
      }),
    );
  });
});
