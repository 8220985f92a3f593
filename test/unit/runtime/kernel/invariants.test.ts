import fc from "fast-check";
import assert from "node:assert/strict";
import { it } from "node:test";
import { ACTS, AFTER_STOP, ChaosRun } from "../../../support/chaos-run.ts";
import type { Act, Birth, Step } from "../../../support/chaos-run.ts";

/** Reasons for which a message that a mailbox took may end as a dead letter. */
const ENDS = ["handlerFailed", "turnRevoked", "leftInMailbox", "askEnded", "unhandledKind"] as const;

const number = fc.nat(20);
const births: fc.Arbitrary<Birth> = fc.record({
  stillborn: fc.nat(2),
  afterStop: fc.constantFrom(...(Object.keys(AFTER_STOP) as Birth["afterStop"][])),
  restart: fc.constantFrom("permanent", "temporary"),
  strategy: fc.constantFrom("oneForOne", "allForOne", "restForOne"),
  max: fc.nat(3),
  whenExhausted: fc.constantFrom("escalate", "stop"),
});
const acts = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<Act>(...ACTS.harmless) },
  { weight: 3, arbitrary: fc.constantFrom<Act>(...ACTS.failing) },
  { weight: 1, arbitrary: fc.constantFrom<Act>(...ACTS.ending) },
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("spawn" as const), parent: number, birth: births }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constantFrom("tell" as const, "tell" as const, "ask" as const),
        to: number,
        act: acts,
        other: number,
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("open" as const), which: number }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("steer" as const),
        act: fc.constantFrom("suspend", "resume", "restart", "stop", "drain"),
        to: number,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("freeze" as const, "thaw" as const) }) },
    {
      weight: 2,
      // The longest makes what hangs a stall.
      arbitrary: fc.record({
        kind: fc.constant("pass" as const),
        ms: fc.constantFrom(0, 1, 60, 120, 6_000, 31_000),
      }),
    },
  ),
  { maxLength: 60, size: "max" },
);

it("whatever happens: one live turn an actor, no message lost, no question left open, nothing left after the stop", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (happening) => {
      const run = new ChaosRun();
      for (const step of happening) await run.step(step);
      await run.end();
      const { system, clock } = run.world;
      assert.equal(run.doubleTurns, 0, "two live turns of one actor at once");
      assert.equal(run.openAsks, 0, "a question was left open");
      assert.equal(system.actorCount, 0, "an actor was left");
      assert.equal(clock.step(1e12), false, "a platform timer was left");
      const dead = ENDS.reduce((sum, reason) => sum + (system.deadLetters.counts.get(reason) ?? 0), 0);
      assert.equal(
        run.ended + dead + system.quarantine.size,
        run.accepted,
        "each message that was taken is handled, a dead letter, or in quarantine, once",
      );
    }),
    { numRuns: 100 },
  );
});
