import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { nextStep } from "../../../../runtime/webhooks/retry-plan.ts";

const RULES = {
  backoff: { minMs: 1_000, maxMs: 60_000, jitter: 0.5 },
  attemptsMax: 8,
  ageMaxMs: 600_000,
  retryAfterMaxMs: 120_000,
};
const failure = (more: object) => ({ attempts: 1, ageMs: 0, random: 0, ...more });

describe("the next try of a delivery", () => {
  it("comes later each time", () => {
    const waits = [1, 2, 3, 4].map((attempts) => nextStep(RULES, failure({ attempts })));
    assert.deepEqual(
      waits.map((step) => (step.kind === "retry" ? step.inMs : step.kind)),
      [1_000, 2_000, 4_000, 8_000],
    );
  });

  it("is never sooner than the receiver asked for, within reason", () => {
    assert.deepEqual(nextStep(RULES, failure({ afterMs: 30_000 })), { kind: "retry", inMs: 30_000 });
    assert.deepEqual(nextStep(RULES, failure({ afterMs: 86_400_000 })), { kind: "retry", inMs: 120_000 });
  });

  it("does not come after the last one allowed, or when the delivery would be too old", () => {
    assert.equal(nextStep(RULES, failure({ attempts: 8 })).kind, "giveUp");
    assert.equal(nextStep(RULES, failure({ ageMs: 599_500 })).kind, "giveUp");
    assert.equal(nextStep(RULES, failure({ ageMs: 599_000 })).kind, "retry");
  });

  it("always ends, whatever a receiver answers", () => {
    const answers = fc.array(
      fc.record({ afterMs: fc.nat(10_000_000), random: fc.double({ min: 0, max: 0.99, noNaN: true }) }),
      {
        minLength: 8,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(answers, (given) => {
        let ageMs = 0;
        const steps = given.map(({ afterMs, random }, index) => {
          const step = nextStep(RULES, { attempts: index + 1, ageMs, afterMs, random });
          if (step.kind === "retry") ageMs += step.inMs;
          return step.kind;
        });
        assert.ok(steps.includes("giveUp"));
        assert.ok(ageMs <= RULES.ageMaxMs);
      }),
    );
  });
});
