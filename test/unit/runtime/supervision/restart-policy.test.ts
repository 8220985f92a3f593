import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decide, SUPERVISION_DEFAULT } from "../../../../runtime/supervision/restart-policy.ts";
import type { Failure, Supervision } from "../../../../runtime/supervision/restart-policy.ts";

const failure = (parts: Partial<Failure> = {}): Failure => ({
  cause: "crash",
  restart: "permanent",
  history: [],
  nowMs: 0,
  random: 0,
  ...parts,
});

const supervisions: fc.Arbitrary<Supervision> = fc.record({
  strategy: fc.constantFrom("oneForOne", "allForOne", "restForOne"),
  budget: fc.record({ max: fc.nat(5), withinMs: fc.integer({ min: 1, max: 10_000 }) }),
  stallBudget: fc.record({ max: fc.nat(5), withinMs: fc.integer({ min: 1, max: 10_000 }) }),
  backoff: fc.record({
    minMs: fc.nat(200),
    maxMs: fc.integer({ min: 200, max: 5_000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  whenExhausted: fc.constantFrom("escalate", "stop"),
});

describe("restart policy", () => {
  it("restarts within the budget, in the scope of the strategy", () => {
    const directive = decide({ ...SUPERVISION_DEFAULT, strategy: "restForOne" }, failure({ nowMs: 7 }));
    assert.deepEqual(directive, { kind: "restart", scope: "restForOne", delayMs: 100, history: [7] });
  });

  it("never restarts a temporary actor", () => {
    fc.assert(
      fc.property(supervisions, (supervision) => {
        assert.deepEqual(decide(supervision, failure({ restart: "temporary" })), { kind: "stop" });
      }),
    );
  });

  it("escalates or gives up with the first failure beyond the budget, and not before", () => {
    fc.assert(
      fc.property(
        supervisions,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (supervision, random) => {
          let history: readonly number[] = [];
          const kinds: string[] = [];
          for (let count = 0; count <= supervision.budget.max; count++) {
            const directive = decide(supervision, failure({ history, random }));
            kinds.push(directive.kind);
            if (directive.kind === "restart") {
              const { minMs, maxMs, jitter } = supervision.backoff;
              const ceilingMs = Math.min(maxMs, minMs * 2 ** count);
              assert.ok(directive.delayMs <= Math.round(ceilingMs));
              assert.ok(directive.delayMs >= Math.floor(ceilingMs * (1 - jitter)));
            }
            if (directive.kind !== "stop") history = directive.history;
          }
          assert.equal(kinds.pop(), supervision.whenExhausted);
          assert.ok(kinds.every((kind) => kind === "restart"));
        },
      ),
    );
  });

  it("forgets failures that have left the window, and begins with the shortest delay again", () => {
    const first = decide(SUPERVISION_DEFAULT, failure({ history: [0, 1, 2, 3, 4], nowMs: 60_010 }));
    assert.deepEqual(first, { kind: "restart", scope: "oneForOne", delayMs: 100, history: [60_010] });
  });
});
