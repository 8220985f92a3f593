import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AlertRuleEntity } from "../../../../../actors/monitoring/alerts/alert-rule.ts";
import { Seasons } from "../../../../../actors/monitoring/alerts/seasons.ts";
import { AlertRun, alertRule, fact } from "../../../../support/alert-run.ts";
import { EntityWorld } from "../../../../support/entity-world.ts";
import { ScriptedJournal } from "../../../../support/scripted-journal.ts";

const FIRST = 7_000_000;
/** Two judgements of one block would fire, and one that is missing would not. */
const RULE = alertRule({ fireAbove: 50, clearBelow: 30, for: 2, keepFiring: 2 });

/** The alert of a rule on a journal that does what the test wants. */
class RuleWorld {
  readonly journal: ScriptedJournal;
  readonly #virtual;
  readonly #rules;

  constructor(journal = new ScriptedJournal()) {
    const { virtual, host } = new EntityWorld({ journal });
    this.journal = journal;
    this.#virtual = virtual;
    this.#rules = host.offer(AlertRuleEntity, { seasons: new Seasons() });
  }

  look() {
    return this.#settled(this.#virtual.ask(this.#rules.entity("errors"), { kind: "look" }));
  }

  history() {
    return this.#settled(this.#virtual.ask(this.#rules.entity("errors"), { kind: "history" }));
  }

  /** Has the blocks judged from one on, as a watch does. */
  judge(from: number, values: readonly number[]) {
    const facts = values.map((value, index) => fact(from + index, value));
    const asked = { kind: "judge", rule: RULE, zone: "UTC", facts } as const;
    return this.#settled(this.#virtual.ask(this.#rules.entity("errors"), asked)).catch(() => undefined);
  }

  async #settled<T>(asked: Promise<T>): Promise<T> {
    asked.catch(() => undefined);
    await this.#virtual.settle();
    await this.#virtual.advance(15_000);
    return asked;
  }
}

const steps = fc.array(
  fc.record({
    values: fc.array(fc.constantFrom(0, 20, 40, 60, 80), { minLength: 1, maxLength: 6 }),
    fate: fc.constantFrom("stored", "failed", "storedUnheard", "conflict", "kill" as const),
    isRepeated: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

describe("the blocks that a rule looks at", () => {
  it("are judged once each, wherever processes and answers were lost and whoever else wants to judge them", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        let world = new RuleWorld();
        const values: number[] = [];
        for (const step of list) {
          if (step.fate === "kill") world = new RuleWorld(world.journal);
          else if (step.fate !== "stored") world.journal.fates.push(step.fate);
          const { next = FIRST } = await world.look();
          values.splice(next - FIRST, Number.POSITIVE_INFINITY, ...step.values);
          await world.judge(next, step.values);
          if (step.isRepeated) await world.judge(next, step.values);
        }
        const { next = FIRST, phase } = await new RuleWorld(world.journal).look();
        const clean = new AlertRun(RULE);
        const judged = values.slice(0, next - FIRST);
        judged.forEach((value, index) => clean.step(fact(FIRST + index, value)));
        const { changes } = await new RuleWorld(world.journal).history();
        assert.deepEqual([phase, changes], [clean.state.phase.phase, clean.state.changes]);
        assert.ok(
          next - FIRST >= values.length - (list.at(-1)?.values.length ?? 0),
          "none but the last is missing",
        );
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});
