import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { AlertRule } from "../../../../protocols/alert-settings.ts";
import { ALERT_SNAPSHOT, newAlertState } from "../../../../runtime/alerting/alert-state.ts";
import { apply } from "../../../../runtime/alerting/judge.ts";
import { AlertRun, alertRule, fact } from "../../../support/alert-run.ts";

const rules = fc
  .record({
    kind: fc.constantFrom<AlertRule["kind"]>("threshold", "absence", "baseline"),
    for: fc.integer({ min: 1, max: 3 }),
    keepFiring: fc.integer({ min: 1, max: 3 }),
    onNoData: fc.constantFrom<AlertRule["onNoData"]>("hold", "fire", "ok"),
    minVolume: fc.constantFrom(0, 20),
  })
  .map((parts) => alertRule({ ...parts, fireAbove: 50, clearBelow: 30 }));
const facts = fc
  .array(fc.option(fc.nat(100), { nil: undefined }), { minLength: 1, maxLength: 120 })
  .map((values) => values.map((value, index) => fact(7_000_000 + index, value)));

describe("the same blocks", () => {
  it("have the same history, however often they are judged", () => {
    fc.assert(
      fc.property(rules, facts, (rule, blocks) => {
        const [once, again] = [new AlertRun(rule), new AlertRun(rule)];
        for (const block of blocks) assert.equal(once.step(block), again.step(block));
        assert.deepEqual(once.state, again.state);
      }),
    );
  });

  it("have the same history when what was judged is replayed, or goes on from a snapshot", () => {
    fc.assert(
      fc.property(rules, facts, fc.nat(120), (rule, blocks, cut) => {
        const run = new AlertRun(rule);
        for (const block of blocks) run.step(block);
        let state = newAlertState();
        run.judgements.forEach((judgement, index) => {
          apply(state, judgement);
          if (index === cut) state = ALERT_SNAPSHOT.load(structuredClone(ALERT_SNAPSHOT.dump(state)));
        });
        const plain = (of: typeof state) => ALERT_SNAPSHOT.dump(of);
        assert.deepEqual(plain(state), plain(run.state));
      }),
    );
  });
});
