import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { readAlertTests } from "../../../../deploy/alerts/alert-test-file.ts";
import { repeated } from "../../../../deploy/alerts/repeated.ts";
import { runAlertTests } from "../../../../deploy/alerts/run-alert-tests.ts";
import { AlertSettings } from "../../../../protocols/alert-settings.ts";
import { checkSettings } from "../../../../deploy/settings-check.ts";
import type { SettingSchema } from "../../../../deploy/settings-check.ts";

const NONE = checkSettings(AlertSettings as unknown as SettingSchema, {}).value as AlertSettings;
const RULES = `
alerts:
  rules:
    - { name: errors, metric: requests, where: [{ dimension: status, is: [5xx] }], of: {}, fireAbove: 0.05, clearBelow: 0.02, for: 2 }
    - { name: quiet, metric: requests, kind: absence, for: 2 }
    - { name: slow, metric: latency, measure: quantile, quantile: 0.9, fireAbove: 0.5 }
    - { name: traffic, metric: requests, kind: baseline, minVolume: 100 }
`;

function outcome(text: string): readonly string[] {
  const read = readAlertTests("t.yaml", `${RULES}\ntests:\n${text}`, { alerts: NONE, metrics: [] });
  return "problems" in read ? read.problems : runAlertTests(read).lines;
}

describe("tests of alert rules", () => {
  it("hold rules against series", () => {
    const lines = outcome(`
  - name: errors
    series:
      - { metric: requests, values: "status:2xx", counts: "100x7" }
      - { metric: requests, values: "status:5xx", counts: "1 20x3 4 1 0" }
    expect: [{ rule: errors, states: "inactive pending firingx3 resolved inactive" }]
  - name: nothing comes
    series: [{ metric: requests, counts: "5 _ 0x2 5" }]
    expect:
      - { rule: quiet, states: "inactive pending firingx2 resolved" }
      - { rule: errors, at: 1, states: "noDatax3" }
  - name: slow
    series: [{ metric: latency, values: "route:/", counts: "100@0.1 100@0.9x2 100@0.1" }]
    expect: [{ rule: slow, states: "inactive firingx2 resolved" }]`);
    assert.deepEqual(lines, [
      "ok    errors",
      "ok    nothing comes",
      "ok    slow",
      "3 of 3 tests came out as expected",
    ]);
  });

  it("say what came out otherwise, and where", () => {
    const lines = outcome(`
  - name: errors
    from: 2026-01-05T08:00:00Z
    series: [{ metric: requests, values: "status:5xx", counts: "9x3" }]
    expect: [{ rule: errors, states: "inactive firing firing inactive" }]`);
    assert.deepEqual(lines, [
      "FAIL  errors",
      "      errors is pending after block 0 (2026-01-05T08:00Z), and inactive was expected",
      "      errors is not reached after block 3 (2026-01-05T08:09Z), and inactive was expected",
      "0 of 1 tests came out as expected",
    ]);
  });

  it("let a rule stand still while too little is counted: it neither fires nor ends", () => {
    const [line] = outcome(`
  - name: a partition is silent
    series: [{ metric: requests, counts: "5x3 0x4 5x2" }]
    complete: "1x3 0.5x3 1x3"
    expect: [{ rule: quiet, states: "inactivex6 firing resolved inactive" }]`);
    assert.equal(line, "ok    a partition is silent");
  });

  it("let weeks pass for baselines, and deployments mute them", () => {
    const lines = outcome(`
  - name: a flood after four weeks
    series: [{ metric: requests, counts: "1000x13440 1010 9000x3 1000x2" }]
    expect: [{ rule: traffic, at: 13440, states: "inactive pending firingx2 resolved inactive" }]
  - name: a flood after a deployment
    series: [{ metric: requests, counts: "1000x13440 1010 9000x3 1000x2" }]
    deployed: [13441]
    expect: [{ rule: traffic, at: 13440, states: "inactivex6" }]`);
    assert.deepEqual(lines.slice(0, 2), [
      "ok    a flood after four weeks",
      "ok    a flood after a deployment",
    ]);
  });

  it("are refused in words, with the line", () => {
    assert.match(
      outcome("  - { name: a, expect: [] }")[0] ?? "",
      /^t\.yaml:\d+:\d+: tests\[0\]\.expect is an empty list/,
    );
    const unknown = outcome('  - { name: a, expect: [{ rule: nobody, states: "inactive" }] }');
    assert.equal(unknown[0], "FAIL  a");
    assert.match(unknown[1] ?? "", /^ {6}there is no rule nobody; there are: errors/);
    const series = (one: string) =>
      outcome(`  - { name: a, series: [${one}], expect: [{ rule: errors, states: inactive }] }`)[1] ?? "";
    assert.match(series("{ metric: clients, counts: '1' }"), /clients is no metric that counts/);
    assert.match(series("{ metric: requests, counts: 'many' }"), /"many" is no number of records/);
    assert.match(
      series("{ metric: requests, values: 'user:x', counts: '1' }"),
      /"user:x" is no dimension:value/,
    );
    assert.match(series("{ metric: requests, counts: '1x999999' }"), /more than 100000 blocks/);
    const from = (time: string) =>
      outcome(`  - { name: a, from: ${time}, expect: [{ rule: errors, states: inactive }] }`)[1] ?? "";
    for (const time of ["2026-13-45T00:00:00Z", "2026-02-30T00:00:00Z", "1969-12-31T00:00:00Z"]) {
      assert.equal(from(time), `      "${time}" is no time since 1970`);
    }
  });
});

describe("what is repeated", () => {
  it("is added up before any of it is made", () => {
    const many = Array.from({ length: 5_000 }, () => "1x999999").join(" ");
    const before = process.memoryUsage().heapUsed;
    assert.throws(() => repeated(many), /more than 100000 blocks/);
    assert.ok(process.memoryUsage().heapUsed - before < 100_000_000);
    assert.deepEqual(repeated("a bx3 c"), ["a", "b", "b", "b", "c"]);
  });
});

describe("the page about alerts", () => {
  const page = readFileSync(new URL("../../../../../deploy/docs/alerts.md", import.meta.url), "utf8");
  const [rules = "", tests = ""] = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml]) => yaml);

  it("has rules that are taken, and a test that comes out as expected", () => {
    const orders = "metrics:\n  - { name: orders, sources: [services] }\n";
    const read = readAlertTests("alerts.md", `${orders}${rules}\n${tests}`, { alerts: NONE, metrics: [] });
    assert.ok("tests" in read, JSON.stringify(read));
    assert.deepEqual(runAlertTests(read).lines.at(-1), "1 of 1 tests came out as expected");
  });
});
