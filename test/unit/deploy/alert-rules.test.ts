import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { alertConflicts } from "../../../deploy/alert-rules.ts";
import { checkSettings } from "../../../deploy/settings-check.ts";
import type { SettingSchema } from "../../../deploy/settings-check.ts";
import { AlertSettings } from "../../../protocols/alert-settings.ts";
import type { AlertRule } from "../../../protocols/alert-settings.ts";
import { alertRule } from "../../support/alert-run.ts";

/** What is wrong with these rules, as `path text`. */
function problemsOf(...rules: Partial<AlertRule>[]): string[] {
  const settings = { zone: "UTC", rules: rules.map(alertRule) };
  return alertConflicts(settings, []).map(({ path, text }) => `${path.join(".")} ${text}`);
}

describe("alert rules in the settings", () => {
  it("may be of every kind, and are filled in", () => {
    const good = [
      { name: "a", fireAbove: 10, clearBelow: 5, for: 2, within: 3 },
      { name: "b", fireBelow: 5, clearAbove: 5, inhibitedBy: ["a"] },
      { name: "c", kind: "absence", for: 2 },
      { name: "d", kind: "baseline", side: "below", minVolume: 50 },
      { name: "e", metric: "latency", measure: "quantile", quantile: 0.99, fireAbove: 0.5 },
      {
        name: "f",
        where: [{ dimension: "status", is: ["5xx"] }],
        of: { metric: "requests" },
        fireAbove: 0.05,
      },
    ];
    const filled = good.map((rule) => ({ metric: "requests", ...rule }));
    const { value, problems } = checkSettings(AlertSettings as unknown as SettingSchema, { rules: filled });
    assert.deepEqual(problems, []);
    const settings = value as AlertSettings;
    assert.deepEqual(alertConflicts(settings, []), []);
    assert.equal(settings.rules[0]?.minCompleteness, 0.95);
    assert.deepEqual(settings.rules[5]?.of, { metric: "requests", where: [] });
  });

  it("are refused by the schema with the field and what is allowed", () => {
    const rule = {
      name: "a",
      metric: "requests",
      fireAbove: "much",
      keepFiring: 0,
      minCompleteness: 2,
      fires: 1,
    };
    const { problems } = checkSettings(AlertSettings as unknown as SettingSchema, { rules: [rule] });
    const texts = problems.map(({ path, text }) => `${path.join(".")} ${text}`);
    assert.match(texts[0] ?? "", /^rules\.0\.fires is not a setting/);
    assert.ok(texts.some((text) => text.startsWith('rules.0.fireAbove is "much"; expected a number from')));
    assert.ok(
      texts.some((text) => text.startsWith("rules.0.keepFiring is 0; expected a whole number from 1 to 480")),
    );
    assert.ok(
      texts.some((text) => text.startsWith("rules.0.minCompleteness is 2; expected a number from 0 to 1")),
    );
  });

  it("look at what is counted, by dimensions that it has, in a way in which it can be measured", () => {
    assert.match(
      problemsOf({ metric: "orders", fireAbove: 1 })[0] ?? "",
      /^alerts\.rules\.0\.metric is orders.*requests/,
    );
    assert.deepEqual(problemsOf({ fireAbove: 1, where: [{ dimension: "user", is: ["x"] }] }), [
      "alerts.rules.0.where.0.dimension is user; the metric has: status, route, method, kind",
    ]);
    assert.match(
      problemsOf({ fireAbove: 1, where: [{ dimension: "status" }] })[0] ?? "",
      /where\.0 says nothing/,
    );
    assert.deepEqual(problemsOf({ fireAbove: 1, measure: "mean" }), [
      "alerts.rules.0.measure is mean, and requests is a count",
    ]);
    assert.match(
      problemsOf({ metric: "latency", measure: "quantile", fireAbove: 1 })[0] ?? "",
      /quantile is missing/,
    );
    assert.match(
      problemsOf({ fireAbove: 1, of: { metric: "orders", where: [] } })[0] ?? "",
      /of\.metric is orders/,
    );
  });

  it("can fire and end", () => {
    assert.match(problemsOf({})[0] ?? "", /fireAbove is missing; rule errors needs it, or fireBelow/);
    assert.match(problemsOf({ fireAbove: 5, clearBelow: 6 })[0] ?? "", /clearBelow is 6, on the bad side/);
    assert.match(problemsOf({ fireBelow: 5, clearAbove: 4 })[0] ?? "", /clearAbove is 4, on the bad side/);
    assert.match(
      problemsOf({ fireAbove: 5, clearAbove: 4 })[0] ?? "",
      /clearAbove is only for a rule with fireBelow/,
    );
    assert.match(problemsOf({ fireAbove: 5, fireBelow: 6 })[0] ?? "", /fireBelow is 6, above fireAbove/);
    assert.match(
      problemsOf({ fireAbove: 5, for: 3, within: 2 })[0] ?? "",
      /within is 2; rule errors wants 3/,
    );
    assert.match(problemsOf({ kind: "baseline", within: 1 })[0] ?? "", /within is 1; rule errors wants 2/);
  });

  it("take what is for their kind alone", () => {
    assert.match(
      problemsOf({ kind: "baseline", fireAbove: 5 })[0] ?? "",
      /fireAbove is not for kind baseline/,
    );
    assert.match(problemsOf({ kind: "absence", minVolume: 5 })[0] ?? "", /minVolume is not for kind absence/);
    assert.match(
      problemsOf({ kind: "baseline", metric: "bytes", measure: "sum" })[0] ?? "",
      /measure is sum; kind baseline/,
    );
    assert.deepEqual(problemsOf({ metric: "latency", measure: "mean", quantile: 0.99, fireAbove: 1 }), [
      "alerts.rules.0.quantile is for measure quantile, and rule errors measures mean",
    ]);
  });

  it("differ in their names, know each other, and are not without number", () => {
    const one = { fireAbove: 1 };
    assert.match(problemsOf(one, one)[0] ?? "", /rules\.1\.name is "errors" a second time/);
    assert.match(
      problemsOf({ ...one, inhibitedBy: ["nobody"] })[0] ?? "",
      /is nobody, and there is no such rule/,
    );
    assert.match(problemsOf({ ...one, inhibitedBy: ["errors"] })[0] ?? "", /is errors itself/);
    const many = (count: number, parts: Partial<AlertRule>) =>
      problemsOf(...Array.from({ length: count }, (_, index) => ({ name: `r${index}`, ...parts })));
    assert.deepEqual(many(201, one), ["alerts.rules are 201; there may be 200"]);
    assert.deepEqual(many(51, { kind: "baseline" }), [
      "alerts.rules have 51 of kind baseline; there may be 50",
    ]);
  });

  it("do not inhibit each other in a circle: nobody would be told of any", () => {
    const chain = (...edges: readonly [string, ...string[]][]) =>
      problemsOf(...edges.map(([name, ...inhibitedBy]) => ({ name, inhibitedBy, fireAbove: 1 })));
    assert.deepEqual(chain(["a", "b"], ["b", "a"]), [
      "alerts.rules.0.inhibitedBy leads back to a (a, b, a); nobody would be told of any of them",
    ]);
    assert.deepEqual(chain(["x", "a"], ["a", "b"], ["b", "c"], ["c", "a"]), [
      "alerts.rules.1.inhibitedBy leads back to a (a, b, c, a); nobody would be told of any of them",
    ]);
    assert.deepEqual(chain(["a", "b", "c"], ["b", "c"], ["c"]), []);
  });

  it("know a time zone", () => {
    const [found] = alertConflicts({ zone: "Mars/Base", rules: [] }, []);
    assert.match(found?.text ?? "", /is "Mars\/Base", which is no time zone/);
  });
});
