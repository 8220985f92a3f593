import fc from "fast-check";
import assert from "node:assert/strict";
import { it } from "node:test";
import { DiaryRun } from "../../../support/diary-run.ts";
import type { DiaryStep } from "../../../support/diary-run.ts";

const id = fc.constantFrom("ana", "bo");
const name = fc.constantFrom("tea", "post", "walk");
const kind = <K extends DiaryStep["kind"]>(word: K): fc.Arbitrary<K> => fc.constant(word);
const step: fc.Arbitrary<DiaryStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: kind("plan"),
      id,
      name,
      afterMs: fc.constantFrom(0, 1, 700, 5_000, 40_000, 90_000),
      everyMs: fc.option(fc.constantFrom(7_000, 20_000), { nil: undefined, freq: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind("cancel"), id, name }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind("fate"),
      fate: fc.constantFrom("stored", "conflict", "fenced", "failed", "storedUnheard", "unanswered"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind("trouble"), fate: fc.constantFrom("done", "lost", "unheard") }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind("hold") }) },
  { weight: 4, arbitrary: fc.record({ kind: kind("letGo") }) },
  {
    weight: 10,
    arbitrary: fc.record({ kind: kind("pass"), ms: fc.constantFrom(0, 0, 1, 700, 5_000, 31_000, 60_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind("kill"), laterMs: fc.constantFrom(0, 0, 10_000, 100_000) }),
  },
);

/** Of a process that comes after another no word is older than what that one had said, however few it has said itself. */
const FEW_WORDS_AFTER_MANY: readonly DiaryStep[] = [
  { kind: "plan", id: "ana", name: "tea", afterMs: 0, everyMs: 7_000 },
  { kind: "plan", id: "bo", name: "tea", afterMs: 0, everyMs: 20_000 },
  { kind: "pass", ms: 60_000 },
  { kind: "kill", laterMs: 0 },
  { kind: "cancel", id: "ana", name: "tea" },
  { kind: "plan", id: "bo", name: "walk", afterMs: 0, everyMs: 20_000 },
];

it("whatever happens: a reminder that was acknowledged rings, has one effect, and none once it was acknowledged that it is forgotten", async () => {
  let rung = 0;
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 40, size: "max" }), async (isApart, steps) => {
      const run = new DiaryRun(isApart);
      for (const one of steps) await run.step(one);
      await run.end();
      rung += run.rung;
    }),
    { numRuns: 24, examples: [[false, [...FEW_WORDS_AFTER_MANY]]] },
  );
  assert.ok(rung > 50, `only ${rung} rang, so that means little`);
});
