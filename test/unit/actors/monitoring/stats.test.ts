import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseStats } from "../../../../actors/monitoring/stats-question.ts";
import type { StatsQuestion } from "../../../../actors/monitoring/stats-question.ts";
import { statsAnswer } from "../../../../actors/monitoring/stats-answer.ts";
import { BUILT_IN_METRICS } from "../../../../runtime/counting/built-in-metrics.ts";
import { shapeOf } from "../../../../runtime/counting/metric-shape.ts";
import type { PartitionView } from "../../../../runtime/counting/watermark.ts";
import { countsOf, tallyOf } from "../../../support/counted-logs.ts";
import type { TestLog } from "../../../support/counted-logs.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const LOGS: TestLog[] = Array.from({ length: 600 }, (_, index) => ({
  timeMs: NOW - 600_000 + index * 1_000,
  status: index % 10 === 0 ? "500" : "200",
  route: index % 3 === 0 ? "/a" : "/b",
  request_method: "GET",
  kind: "http",
  request_time: "0.200",
  bytes_sent: "10",
  remote_addr: `10.0.0.${index % 40}`,
  uri: index % 4 === 0 ? "/busy" : `/u${index}`,
}));
const PARTITIONS: PartitionView[] = [
  { id: "gateway/one", state: "flowing", watermarkMs: NOW - 120_000, lagMs: undefined },
  { id: "gateway/two", state: "stalled", watermarkMs: NOW - 300_000, lagMs: 9 },
];

function question(text: string): StatsQuestion {
  const parsed = parseStats(new URLSearchParams(text), NOW);
  assert.ok(!("text" in parsed), JSON.stringify(parsed));
  return parsed;
}
function refusal(text: string): string {
  const parsed = parseStats(new URLSearchParams(text), NOW);
  assert.ok("text" in parsed, text);
  return `${parsed.field}: ${parsed.text}`;
}
function answer(text: string) {
  const asked = question(text);
  const definition = BUILT_IN_METRICS.find(({ name }) => name === asked.metric);
  assert.ok(definition);
  const counts = countsOf([tallyOf([], LOGS.slice(0, 300), NOW), tallyOf([], LOGS.slice(300), NOW)]);
  return statsAnswer(asked, { counts, partitions: PARTITIONS }, { nowMs: NOW, shape: shapeOf(definition) });
}

const RANGE = `from=${NOW - 720_000}&to=${NOW}`;

describe("a question about counts", () => {
  it("is refused in words where it cannot be answered", () => {
    assert.match(refusal("metric=requests&step=10"), /cell of 30 s/);
    assert.match(refusal(""), /metric is missing/);
    assert.match(refusal("metric=requests&step=1d"), /tz is missing/);
    assert.match(refusal("metric=requests&tz=Mars/Olympus"), /no time zone/);
    assert.match(refusal("metric=requests&from=5&to=5"), /not before/);
    assert.match(refusal("metric=requests&from=0&step=30"), /more than 3000 points/);
    assert.match(refusal("metric=latency&step=30&q=0.5"), /blocks of 180 s/);
    assert.match(refusal("metric=requests&where=status"), /dimension:value/);
    assert.match(refusal("metric=requests&colour=red"), /not known/);
    assert.match(refusal("metric=requests&tz=UTC&to=999999999999999"), /before the year 9999/);
    assert.match(
      refusal("metric=requests&step=1d&tz=UTC&from=999999990000000&to=999999999999999"),
      /year 9999/,
    );
    assert.match(refusal("metric=requests&fill=one"), /null or zero/);
  });

  it("is about the last hour in blocks of 180 s unless it says otherwise", () => {
    const { points, stepText, top } = question("metric=requests");
    assert.deepEqual([points.starts.length, stepText, top], [20, "180", 20]);
  });
});

describe("an answer about counts", () => {
  it("has one entry for each point, and says what is not there", () => {
    const { times, series, more, folded } = answer(`metric=requests&${RANGE}`);
    assert.deepEqual(
      times,
      [0, 1, 2, 3].map((block) => NOW - 720_000 + block * 180_000),
    );
    assert.deepEqual(series[0]?.count, [60, 180, 180, 180]);
    assert.deepEqual([series.length, series[0]?.total, more, folded], [1, 600, 0, 0]);
    assert.deepEqual(
      answer(`metric=requests&from=${NOW - 1_080_000}&to=${NOW - 720_000}&fill=zero`).series,
      [],
    );
  });

  it("is split and filtered by dimensions", () => {
    const { series } = answer(`metric=requests&${RANGE}&by=status,route&where=status:5xx`);
    assert.deepEqual(
      series.map(({ values, total }) => [values, total]),
      [
        [{ status: "5xx", route: "/b" }, 40],
        [{ status: "5xx", route: "/a" }, 20],
      ],
    );
    assert.equal(answer(`metric=requests&${RANGE}&by=route&top=1`).more, 1);
  });

  it("is made of cells where it is asked for cells, and of wider points exactly the sums of them", () => {
    const cells = answer(`metric=bytes&${RANGE}&step=30&fill=zero`).series[0]?.sum ?? [];
    const blocks = answer(`metric=bytes&${RANGE}&fill=zero`).series[0]?.sum ?? [];
    const summed = blocks.map((_, block) =>
      cells.slice(block * 6, block * 6 + 6).reduce<number>((total, sum) => total + (sum ?? 0), 0),
    );
    assert.deepEqual(blocks, summed);
    const day = answer(`metric=requests&${RANGE}&step=1d&tz=Asia/Shanghai`);
    assert.deepEqual([day.times, day.series[0]?.count], [[Date.UTC(2026, 10, 21, 16)], [600]]);
  });

  it("says percentiles, different and most frequent values, each with its error", () => {
    const latency = answer(`metric=latency&${RANGE}&q=0.5,0.99`);
    for (const value of latency.series[0]?.quantiles?.["0.99"] ?? [null]) {
      assert.ok(Math.abs((value ?? 0) - 0.2) <= 0.002);
    }
    assert.equal(latency.error.quantile, 0.01);
    assert.equal(latency.series[0]?.sum?.[1], 36);
    const clients = answer(`metric=clients&${RANGE}`);
    assert.equal(clients.series[0]?.uniqueTotal, 40);
    const urls = answer(`metric=urls&${RANGE}&top=1`);
    assert.equal(urls.series[0]?.top?.[0]?.value, "/busy");
    assert.ok((urls.series[0]?.top?.[0]?.count ?? 0) >= 150);
    assert.ok((urls.error.topk ?? 0) >= (urls.series[0]?.top?.[0]?.count ?? 0) - 150);
  });

  it("says how complete it is, who is behind, and from where on it may still grow", () => {
    const { completeness, watermark, provisionalFrom, laggards } = answer(`metric=requests&${RANGE}`);
    assert.equal(watermark, NOW - 300_000);
    assert.equal(completeness, 0);
    assert.equal(provisionalFrom, NOW - 360_000);
    assert.deepEqual(laggards, [{ partition: "gateway/two", state: "stalled", lagMs: 9 }]);
    assert.equal(answer(`metric=requests&from=${NOW - 720_000}&to=${NOW - 180_000}`).completeness, 0.5);
  });

  it("numbers blocks within their local day", () => {
    assert.deepEqual(answer(`metric=requests&${RANGE}&tz=Asia/Shanghai`).index, [396, 397, 398, 399]);
  });
});
