import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { RuleStanding } from "../../../../../actors/monitoring/alerts/judge-blocks.ts";
import type { Standing } from "../../../../../actors/monitoring/alerts/standing.ts";
import { alarmSteps } from "../../../../../actors/monitoring/alerts/wanted-alarms.ts";
import type { AlertRule } from "../../../../../protocols/alert-settings.ts";
import { openAlarm, viewOf } from "../../../../../runtime/alarms/open-alarm.ts";
import type { Alarm } from "../../../../../runtime/alarms/alarm.ts";
import { alertRule } from "../../../../support/alert-run.ts";

const NOW = 1_800_000_000_000;

function rule(name: string, standing: Partial<Standing>, parts: Partial<AlertRule> = {}): RuleStanding {
  return { rule: alertRule({ name, fireAbove: 1, ...parts }), standing: { phase: "inactive", ...standing } };
}

function alarm(key: string, parts: Partial<Alarm> = {}) {
  const call = { key, severity: "warning", summary: "x" } as const;
  const { details, ...view } = { ...viewOf(openAlarm(call, NOW, false)), ...parts };
  return { ...view, details: { ...details } };
}

const firing = { phase: "firing", badSinceBlock: 7 } as const;
const words = (seen: readonly RuleStanding[], active: readonly ReturnType<typeof alarm>[] = []) =>
  alarmSteps(seen, { active: [...active] }, NOW).alarms.map((word) => `${word.kind} ${word.key}`);

describe("the alarms of alerts", () => {
  it("begin with those that fire, and end with them", () => {
    assert.deepEqual(words([rule("a", firing), rule("b", {}), rule("c", { phase: "pending" })]), [
      "raise alert:a",
    ]);
    assert.deepEqual(words([rule("a", { phase: "recovering" })]), ["raise alert:a"]);
    assert.deepEqual(words([rule("a", firing)], [alarm("alert:a")]), []);
    assert.deepEqual(words([rule("a", { phase: "resolved" })], [alarm("alert:a")]), ["clear alert:a"]);
  });

  it("of rules that are not in the settings any more end; all others are left alone", () => {
    assert.deepEqual(words([], [alarm("alert:gone"), alarm("loop.blocked")]), ["clear alert:gone"]);
  });

  it("are not told while another rule fires that inhibits them, and end when they were told before", () => {
    const node = rule("node", firing);
    const slow = rule("slow", firing, { inhibitedBy: ["node"] });
    assert.deepEqual(words([slow, node]), ["raise alert:node"]);
    assert.deepEqual(words([slow, node], [alarm("alert:slow"), alarm("alert:node")]), ["clear alert:slow"]);
    assert.deepEqual(words([slow, rule("node", {})]), ["raise alert:slow"]);
  });

  it("are not told while somebody wants silence, and are when it is over", () => {
    assert.deepEqual(words([rule("a", { ...firing, silencedUntilMs: NOW + 1 })]), []);
    assert.deepEqual(words([rule("a", { ...firing, silencedUntilMs: NOW })]), ["raise alert:a"]);
  });

  it("end while somebody wants silence, so that nothing escalates, and are told anew after it", () => {
    const silent = rule("a", { ...firing, toldAtMs: 5, silencedUntilMs: NOW + 1 });
    const steps = alarmSteps([silent], { active: [alarm("alert:a")] }, NOW);
    assert.deepEqual(steps.alarms, [{ kind: "clear", key: "alert:a" }]);
    assert.deepEqual(steps.over, [{ rule: "a", toldAtMs: 5 }]);
    const [after] = alarmSteps([rule("a", firing)], { active: [] }, NOW).alarms;
    assert.ok(after?.kind === "raise" && after.isTold === undefined);
  });

  it("end also where the alarms do not know them any more, until that is noted", () => {
    const over = rule("a", { phase: "resolved", toldAtMs: 5 });
    const steps = alarmSteps([over], { active: [] }, NOW);
    assert.deepEqual(
      steps.alarms.map(({ kind, key, ...rest }) => [kind, key, "isTold" in rest && rest.isTold]),
      [
        ["raise", "alert:a", true],
        ["clear", "alert:a", false],
      ],
    );
    assert.deepEqual(steps.over, [{ rule: "a", toldAtMs: 5 }]);
    assert.deepEqual(words([rule("a", { phase: "resolved" })]), []);
  });

  it("say that all is well again where nothing else is known of what was wrong", () => {
    const over = rule("a", { phase: "resolved", toldAtMs: 5 }, { metric: "orders" });
    const [raise] = alarmSteps([over], { active: [] }, NOW).alarms;
    assert.ok(raise?.kind === "raise");
    assert.equal(raise.summary, "a: count of orders is as it should be again");
  });

  it("that came and went go on when what was wrong is wrong again before anybody believed the end", () => {
    const ending = alarm("alert:a", { isFlapping: true, calmAtMs: NOW + 60_000 });
    assert.deepEqual(words([rule("a", firing)], [ending]), ["raise alert:a"]);
    assert.deepEqual(words([rule("a", firing)], [alarm("alert:a", { isFlapping: true })]), []);
  });

  it("that came and went are noted as over only when people are about to hear of it: who tells them may die before", () => {
    const over = rule("a", { phase: "resolved", toldAtMs: 5 });
    const stepsAt = (parts: Partial<Alarm>) =>
      alarmSteps([over], { active: [alarm("alert:a", { isFlapping: true, ...parts })] }, NOW);
    for (const parts of [{}, { calmAtMs: NOW + 60_000 }]) {
      assert.deepEqual(stepsAt(parts).alarms, [{ kind: "clear", key: "alert:a" }]);
      assert.deepEqual(stepsAt(parts).over, []);
    }
    assert.deepEqual(stepsAt({ calmAtMs: NOW + 2_000 }).over, [{ rule: "a", toldAtMs: 5 }]);
  });

  it("of rules that do not answer stay as they are, and inhibit as they did", () => {
    const slow = rule("slow", firing, { inhibitedBy: ["node"] });
    const silent = ["node"];
    const active = [alarm("alert:node")];
    assert.deepEqual(alarmSteps([slow], { active, silent }, NOW).alarms, []);
    assert.equal(alarmSteps([slow], { active: [], silent }, NOW).alarms.length, 1);
  });

  it("are raised again now and then, so that nobody takes them for forgotten", () => {
    assert.deepEqual(words([rule("a", firing)], [alarm("alert:a", { lastAtMs: NOW - 600_000 })]), [
      "raise alert:a",
    ]);
  });

  it("are told once: what was told a while ago, or is looked after, is known", () => {
    const isTold = (standing: Partial<Standing>) => {
      const [word] = alarmSteps([rule("a", { ...firing, ...standing })], { active: [] }, NOW).alarms;
      return word?.kind === "raise" && word.isTold === true;
    };
    assert.equal(isTold({}), false);
    assert.equal(isTold({ toldAtMs: NOW - 1_000 }), false, "the process may have died with it");
    assert.equal(isTold({ toldAtMs: NOW - 61_000 }), true);
    assert.equal(isTold({ acknowledged: { by: "ops", atMs: NOW } }), true);
  });

  it("and alerts know the same of who looks after them", () => {
    const acknowledged = { by: "ana", atMs: NOW };
    const fromAlarm = alarmSteps(
      [rule("a", firing)],
      { active: [alarm("alert:a", { state: "acknowledged", acknowledged })] },
      NOW,
    );
    assert.deepEqual(fromAlarm.acknowledged, [{ rule: "a", by: "ana" }]);
    const fromAlert = alarmSteps(
      [rule("a", { ...firing, acknowledged })],
      { active: [alarm("alert:a")] },
      NOW,
    );
    assert.deepEqual(fromAlert.toAcknowledge, [{ key: "alert:a", by: "ana" }]);
  });

  it("come to rest: once they say what the alerts say, nothing is to be done", () => {
    const phases = fc.constantFrom<Standing["phase"]>(
      "inactive",
      "pending",
      "firing",
      "recovering",
      "resolved",
    );
    fc.assert(
      fc.property(fc.array(phases, { maxLength: 8 }), fc.array(fc.nat(9), { maxLength: 6 }), (all, known) => {
        const seen = all.map((phase, index) => rule(`r${index}`, { phase, toldAtMs: NOW - index * 30_000 }));
        const keys = new Set(known.map((index) => `alert:r${index}`));
        const steps = alarmSteps(seen, { active: [...keys].map((key) => alarm(key)) }, NOW);
        for (const word of steps.alarms) {
          if (word.kind === "raise") keys.add(word.key);
          else keys.delete(word.key);
        }
        const ended = new Set(steps.over.map((one) => one.rule));
        const noted = seen.map((one) => (ended.has(one.rule.name) ? rule(one.rule.name, {}) : one));
        const again = alarmSteps(noted, { active: [...keys].map((key) => alarm(key)) }, NOW);
        assert.deepEqual(again.alarms, []);
      }),
    );
  });
});
