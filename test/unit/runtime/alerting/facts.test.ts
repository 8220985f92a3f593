import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { alertDetails, alertSummary } from "../../../../runtime/alerting/alert-text.ts";
import { BlockSums } from "../../../../runtime/alerting/block-sums.ts";
import type { Wanted } from "../../../../runtime/alerting/block-sums.ts";
import { divisorOf, factOf } from "../../../../runtime/alerting/facts.ts";
import { Movers } from "../../../../runtime/alerting/movers.ts";
import type { BadRange } from "../../../../runtime/alerting/movers.ts";
import { readinessOf } from "../../../../runtime/alerting/readiness.ts";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { shapeOf } from "../../../../runtime/counting/metric-shape.ts";
import type { PartitionView } from "../../../../runtime/counting/watermark.ts";
import type { AlertRule } from "../../../../protocols/alert-settings.ts";
import { countsOfSeries } from "../../../../deploy/alerts/test-counts.ts";
import { allMetrics } from "../../../../runtime/counting/built-in-metrics.ts";
import { AlertRun, alertRule, fact } from "../../../support/alert-run.ts";
import { metric as defined } from "../../../support/counted-logs.ts";

const FROM = 9_000_000;
const counted = (...series: readonly (readonly [metric: string, values: string, counts: string])[]): Counts =>
  countsOfSeries(
    series.map(([metric, values, counts]) => ({ metric, values, counts })),
    allMetrics([]),
    FROM,
  );

/** Of as many partitions as there are. */
function sumsOf(wanted: Wanted, ...parts: readonly Counts[]): BlockSums {
  const sums = new BlockSums(wanted);
  for (const part of parts) part.forEachBlock(wanted.metric, (...block) => sums.add(...block));
  return sums;
}

function moversOf(rule: AlertRule, counts: Counts, range: BadRange) {
  const movers = new Movers(rule, range);
  counts.forEachBlock(rule.metric, (...block) => movers.add(...block));
  return movers.told();
}

function factsOf(parts: Partial<AlertRule>, counts: Counts, blocks = 2) {
  const rule = alertRule(parts);
  const divisor = divisorOf(rule);
  const divisors = divisor === undefined ? undefined : sumsOf(divisor, counts);
  return Array.from({ length: blocks }, (_, index) => {
    const at = { block: FROM + index, completeness: 1 };
    const { value, volume } = factOf(rule, { sums: sumsOf(rule, counts), divisors }, at);
    return [value, volume];
  });
}

describe("what a rule sees of a block", () => {
  const requests = counted(
    ["requests", "status:2xx,route:/pay,method:GET", "90 10"],
    ["requests", "status:5xx,route:/pay", "10 0"],
    ["requests", "status:5xx,route:/", "5 0"],
  );

  it("is what meets its conditions, and zero where nothing does", () => {
    assert.deepEqual(factsOf({}, requests, 3), [
      [105, 105],
      [10, 10],
      [0, 0],
    ]);
    const errors = [{ dimension: "status", is: ["5xx"] }];
    assert.deepEqual(factsOf({ where: errors }, requests), [
      [15, 15],
      [0, 0],
    ]);
    const elsewhere = [...errors, { dimension: "route", isNot: ["/"], startsWith: ["/p", "/q"] }];
    assert.deepEqual(factsOf({ where: elsewhere }, requests)[0], [10, 10]);
  });

  it("is a share of other records, whose number is the volume; of nothing there is no share", () => {
    const errors = [{ dimension: "status", is: ["5xx"] }];
    assert.deepEqual(factsOf({ where: errors, of: { where: [] } }, requests, 3), [
      [15 / 105, 105],
      [0, 10],
      [undefined, 0],
    ]);
  });

  it("is a sum, a mean or a quantile in the unit of the metric", () => {
    const latency = counted(["latency", "route:/", "10@0.2 0"], ["latency", "route:/a", "30@0.6 0"]);
    assert.deepEqual(factsOf({ metric: "latency", measure: "mean" }, latency), [
      [0.5, 40],
      [undefined, 0],
    ]);
    assert.equal(factsOf({ metric: "latency", measure: "sum" }, latency)[0]?.[0], 20);
    const [[median = 0] = []] = factsOf({ metric: "latency", measure: "quantile", quantile: 0.5 }, latency);
    assert.ok(Math.abs(median - 0.6) < 0.006);
    const where = [{ dimension: "route", is: ["/"] }];
    const [[low = 0] = []] = factsOf(
      { metric: "latency", measure: "quantile", quantile: 0.9, where },
      latency,
    );
    assert.ok(Math.abs(low - 0.2) < 0.002);
  });
});

describe("what several partitions have counted", () => {
  it("is added up: records, sums and how they are spread", () => {
    const [one, other] = [
      counted(["latency", "route:/", "10@0.2 0"]),
      counted(["latency", "route:/", "30@0.6 5@1"]),
    ];
    const sums = sumsOf({ metric: "latency", where: [] }, one, other);
    const together = sums.at(FROM);
    assert.deepEqual([together?.count, together?.sum, sums.at(FROM + 1)?.count], [40, 20, 5]);
    assert.ok(Math.abs((together?.sketch?.quantile(0.1) ?? 0) / 1e6 - 0.2) < 0.002);
    assert.equal(sums.at(FROM + 2), undefined);
  });

  it("is added up across a change of what is counted, as far as it can be told apart", () => {
    const shape = shapeOf(defined({ name: "sales", value: "sum", field: "amount", decimals: 2 }));
    const before = new Counts();
    before.block(shape, FROM).at("", shape).counts[0] = 2;
    before.block(shape, FROM).at("", shape).sums?.set([150]);
    const finer = { ...shape, scale: 1_000, generation: "other" };
    before.block(finer, FROM).at("", finer).counts[0] = 1;
    before.block(finer, FROM).at("", finer).sums?.set([500]);
    const { count, sum } = sumsOf({ metric: "sales", where: [] }, before).at(FROM) ?? {};
    assert.deepEqual([count, sum], [3, 2]);
  });
});

describe("a block", () => {
  const END = (FROM + 1) * 180_000;
  const view = (
    id: string,
    watermarkMs?: number,
    state: PartitionView["state"] = "flowing",
  ): PartitionView => ({
    id,
    state,
    watermarkMs,
    lagMs: undefined,
  });
  const isReady = (partitions: readonly PartitionView[], afterMs: number, min = 0.95) =>
    readinessOf(FROM, { partitions, nowMs: END + afterMs }, min).isReady;

  it("is judged when all partitions have passed it", () => {
    assert.equal(isReady([view("a", END), view("b", END + 1)], 1), true);
    assert.equal(isReady([view("a", END), view("b", END - 1)], 1), false);
  });

  it("waits for one of which nothing is heard, however long", () => {
    assert.equal(isReady([view("a", END + 9_999_999), view("b", END - 1, "stalled")], 9_999_999), false);
    assert.equal(isReady([view("a", END + 9_999_999), view("b", undefined, "stalled")], 9_999_999), false);
    assert.equal(isReady([view("a", END + 1), view("b", undefined, "gone")], 1), true);
  });

  it("does without some after a minute, if the rule can", () => {
    const views = Array.from({ length: 20 }, (_, index) => view(`${index}`, index === 0 ? END - 1 : END));
    assert.equal(isReady(views, 59_999), false);
    assert.equal(isReady(views, 60_000), true);
    assert.equal(isReady(views, 60_000, 1), false);
    assert.equal(readinessOf(FROM, { partitions: views, nowMs: END }, 1).completeness, 0.95);
  });

  it("is judged a minute later where there is nobody to wait for", () => {
    assert.equal(isReady([], 59_999), false);
    assert.equal(isReady([], 60_000), true);
  });
});

describe("what has changed", () => {
  const range = { from: FROM + 20, to: FROM + 22 };

  it("is told by the share of the deviation, the dimension that explains most first", () => {
    const counts = counted(
      ["requests", "status:2xx,route:/", "100x20 100x2"],
      ["requests", "status:5xx,route:/", "1x20 3x2"],
      ["requests", "status:5xx,route:/pay", "1x20 99x2"],
    );
    const movers = moversOf(alertRule({ where: [{ dimension: "status", is: ["5xx"] }] }), counts, range);
    assert.deepEqual(movers, [{ dimension: "route", value: "/pay", share: 0.98, before: 1, now: 99 }]);
    const all = moversOf(alertRule(), counts, range);
    assert.deepEqual(
      all.map(({ dimension, value, share }) => `${dimension} ${value} ${share.toFixed(2)}`),
      ["status 5xx 1.00", "route /pay 0.98"],
    );
  });

  it("is told of what is missing, too", () => {
    const counts = counted(["requests", "route:/a", "50x20 0x2"], ["requests", "route:/b", "50x20 49x2"]);
    const [first] = moversOf(alertRule({ fireBelow: 60 }), counts, range);
    assert.equal(first?.value, "/a");
    assert.ok((first?.share ?? 0) > 0.95);
  });

  it("of a mean is what was slower than usual, and not what came more often", () => {
    const counts = counted(
      ["latency", "route:/fast", "100@0.1x20 500@0.1x2"],
      ["latency", "route:/slow", "100@0.1x20 20@3x2"],
    );
    const [first] = moversOf(alertRule({ metric: "latency", measure: "mean" }), counts, range);
    assert.equal(first?.value, "/slow");
    assert.equal(first?.share, 1);
  });

  it("is nothing where nothing has", () => {
    assert.deepEqual(moversOf(alertRule(), counted(["requests", "route:/a", "5x22"]), range), []);
  });
});

describe("the text of an alert", () => {
  it("says what is wrong, what has changed and what to do", () => {
    const rule = alertRule({
      where: [{ dimension: "status", is: ["5xx"] }],
      of: { where: [] },
      fireAbove: 0.05,
      for: 2,
      runbook: "look at the database",
    });
    const run = new AlertRun(rule);
    run.step(fact(FROM, 0.123456, 300));
    run.step(fact(FROM + 1, 0.25, 400));
    const { latestBad, badSinceBlock } = run.state;
    const movers = [{ dimension: "route", value: "/pay", share: 0.8, before: 1, now: 60 }];
    const alert = { rule, latestBad, badSinceBlock, movers };
    assert.equal(
      alertSummary(alert),
      "errors: count of requests with status 5xx divided by that of requests is 0.25, more than 0.05 is bad; most of what changed: route /pay 80 % (1 to 60 a block)",
    );
    const details = alertDetails(alert);
    assert.deepEqual(
      [details["value"], details["records"], details["runbook"], details["terms"]],
      [0.25, 400, "look at the database", "2 of 2 blocks of 180 s, over after 1 good ones"],
    );
  });
});
