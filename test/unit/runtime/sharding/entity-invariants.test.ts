import fc from "fast-check";
import assert from "node:assert/strict";
import { it } from "node:test";
import { EntityRun } from "../../../support/entity-run.ts";
import type { EntityStep } from "../../../support/entity-run.ts";

const IDS = ["ana", "bo", "cy"] as const;

const id = fc.constantFrom(...IDS);
const kind = <K extends EntityStep["kind"]>(name: K): fc.Arbitrary<K> => fc.constant(name);
const steps: fc.Arbitrary<EntityStep[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({ kind: kind("deposit"), id, amount: fc.integer({ min: 1, max: 9 }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: kind("tellOf"), id, amount: fc.integer({ min: 1, max: 9 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: kind("withdraw"), id, amount: fc.integer({ min: 1, max: 9 }) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: kind("read"), id }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: kind("deliver"),
        id,
        sender: fc.constantFrom("node-1", "node-2"),
        seq: fc.integer({ min: 1, max: 9 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: kind("fail"),
        id,
        where: fc.constantFrom("decide", "evolve", "after"),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: kind("steer"),
        id,
        act: fc.constantFrom("restart", "stop", "suspend", "resume"),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: kind("fate"),
        fate: fc.constantFrom("stored", "conflict", "fenced", "failed", "storedUnheard", "unanswered"),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: kind("hold") }) },
    { weight: 4, arbitrary: fc.record({ kind: kind("answer"), id: fc.option(id, { nil: undefined }) }) },
    { weight: 2, arbitrary: fc.record({ kind: kind("letGo") }) },
    {
      weight: 9,
      // The longer ones let entities leave memory, questions end, and what hangs stall.
      arbitrary: fc.record({
        kind: kind("pass"),
        ms: fc.constantFrom(0, 0, 0, 1, 150, 1_100, 6_000, 31_000),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: kind("kill") }) },
  ),
  { maxLength: 80, size: "max" },
);

it("whatever happens: nothing is seen before it is stored, what was answered is stored once and in order, and a load is the fold of what is stored", async () => {
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (happening) => {
      const run = new EntityRun();
      for (const opened of IDS) await run.world.open(opened);
      for (const step of happening) await run.step(step);
      await run.end(IDS);
      seen += run.seen;
    }),
    { numRuns: 150 },
  );
  assert.ok(seen > 500, `only ${seen} things were seen, so that means little`);
});
