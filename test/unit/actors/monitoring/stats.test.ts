import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, it } from "node:test";
import { parseStats } from "../../../../actors/monitoring/stats-question.ts";
import type { StatsQuestion } from "../../../../actors/monitoring/stats-question.ts";
import { answerOf } from "../../../../actors/monitoring/ask-stats.ts";
import type { StatsAnswer } from "../../../../actors/monitoring/stats-answer.ts";
import { revisionOf } from "../../../../actors/monitoring/stats-revision.ts";
import { ByteReader } from "../../../../runtime/counting/byte-reader.ts";
import { ByteWriter } from "../../../../runtime/counting/byte-writer.ts";
import { Zones } from "../../../../runtime/counting/local-day.ts";
import { generationOf, readShape, shapeOf, writeShape } from "../../../../runtime/counting/metric-shape.ts";
import { BUILT_IN_METRICS } from "../../../../runtime/counting/built-in-metrics.ts";
import type { PartitionView } from "../../../../runtime/counting/watermark.ts";
import { askedCounts } from "../../../support/asked-counts.ts";
import { statsAnswer as statsOf, statsSeries } from "../../../support/stats-answer.ts";
import { countsOf, dimension, metric, tallyOf } from "../../../support/counted-logs.ts";
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
async function answer(text: string): Promise<StatsAnswer> {
  const partitions = PARTITIONS.map((view, index) => ({
    view,
    counts: countsOf([tallyOf([], LOGS.slice(index * 300, index * 300 + 300), NOW)]),
  }));
  const { source, context } = askedCounts(partitions, { metrics: BUILT_IN_METRICS, nowMs: NOW });
  const answered = await answerOf(source, new URLSearchParams(text), context);
  assert.ok(!("status" in answered), JSON.stringify(answered));
  return answered;
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
    for (const step of ["1.8e2", "180.0", "0x1e", " 30", "-30"]) {
      assert.match(refusal(`metric=requests&step=${encodeURIComponent(step)}`), /is no step/, step);
    }
    assert.match(
      refusal("metric=requests&where=route:/a,b"),
      /where has "b".*divided by commas.*\\, for a comma/,
    );
  });

  it("may name values with commas in them", () => {
    const { where } = question(String.raw`metric=requests&where=route:/a\,b,status:2xx`);
    assert.deepEqual(
      [...where],
      [
        ["route", "/a,b"],
        ["status", "2xx"],
      ],
    );
  });

  it("is about the last hour in blocks of 180 s unless it says otherwise", () => {
    const { points, stepText, top } = question("metric=requests");
    assert.deepEqual([points.starts.length, stepText, top], [20, "180", 20]);
  });
});

describe("an answer about counts", () => {
  it("has one entry for each point, and says what is not there", async () => {
    const { times, series, more, folded } = await answer(`metric=requests&${RANGE}`);
    assert.deepEqual(
      times,
      [0, 1, 2, 3].map((block) => NOW - 720_000 + block * 180_000),
    );
    assert.deepEqual(series[0]?.count, [60, 180, 180, 180]);
    assert.deepEqual([series.length, series[0]?.total, more, folded], [1, 600, 0, 0]);
    assert.deepEqual(
      (await answer(`metric=requests&from=${NOW - 1_080_000}&to=${NOW - 720_000}&fill=zero`)).series,
      [],
    );
  });

  it("is split and filtered by dimensions", async () => {
    const { series } = await answer(`metric=requests&${RANGE}&by=status,route&where=status:5xx`);
    assert.deepEqual(
      series.map(({ values, total }) => [values, total]),
      [
        [{ status: "5xx", route: "/b" }, 40],
        [{ status: "5xx", route: "/a" }, 20],
      ],
    );
    assert.equal((await answer(`metric=requests&${RANGE}&by=route&top=1`)).more, 1);
  });

  it("is made of cells where it is asked for cells, and of wider points exactly the sums of them", async () => {
    const cells = (await answer(`metric=bytes&${RANGE}&step=30&fill=zero`)).series[0]?.sum ?? [];
    const blocks = (await answer(`metric=bytes&${RANGE}&fill=zero`)).series[0]?.sum ?? [];
    const summed = blocks.map((_, block) =>
      cells.slice(block * 6, block * 6 + 6).reduce<number>((total, sum) => total + (sum ?? 0), 0),
    );
    assert.deepEqual(blocks, summed);
    const day = await answer(`metric=requests&${RANGE}&step=1d&tz=Asia/Shanghai`);
    assert.deepEqual([day.times, day.series[0]?.count], [[Date.UTC(2026, 10, 21, 16)], [600]]);
  });

  it("says percentiles, different and most frequent values, each with its error", async () => {
    const latency = await answer(`metric=latency&${RANGE}&q=0.5,0.99`);
    for (const value of latency.series[0]?.quantiles?.["0.99"] ?? [null]) {
      assert.ok(Math.abs((value ?? 0) - 0.2) <= 0.002);
    }
    assert.equal(latency.error.quantile, 0.01);
    assert.equal(latency.series[0]?.sum?.[1], 36);
    const clients = await answer(`metric=clients&${RANGE}`);
    assert.equal(clients.series[0]?.uniqueTotal, 40);
    const urls = await answer(`metric=urls&${RANGE}&top=1`);
    assert.equal(urls.series[0]?.top?.[0]?.value, "/busy");
    assert.ok((urls.series[0]?.top?.[0]?.count ?? 0) >= 150);
    assert.ok((urls.error.topk ?? 0) >= (urls.series[0]?.top?.[0]?.count ?? 0) - 150);
  });

  it("says how complete it is, who is behind, and from where on it may still grow", async () => {
    const { completeness, watermark, provisionalFrom, laggards } = await answer(`metric=requests&${RANGE}`);
    assert.equal(watermark, NOW - 300_000);
    assert.equal(completeness, 0);
    assert.equal(provisionalFrom, NOW - 360_000);
    assert.deepEqual(laggards, [{ partition: "gateway/two", state: "stalled", lagMs: 9 }]);
    assert.equal(
      (await answer(`metric=requests&from=${NOW - 720_000}&to=${NOW - 180_000}`)).completeness,
      0.5,
    );
  });

  it("numbers blocks within their local day", async () => {
    assert.deepEqual((await answer(`metric=requests&${RANGE}&tz=Asia/Shanghai`)).index, [396, 397, 398, 399]);
  });
});

describe("the bounds of an answer", () => {
  const refused = async (text: string) => {
    const { source, context } = askedCounts([], { metrics: BUILT_IN_METRICS, nowMs: NOW });
    const reply = await answerOf(source, new URLSearchParams(text), context);
    return "status" in reply ? (reply.body as { code: string; field: string; text: string }) : undefined;
  };
  const day = (days: number) => `from=${NOW - days * 86_400_000}&to=${NOW}`;

  it("are told before anything is asked, by what the question is about", async () => {
    assert.equal(await refused(`metric=requests&${day(1)}&step=30`), undefined);
    assert.equal(await refused(`metric=requests&${day(1)}&step=30&by=route&top=100`), undefined);
    const many = await refused(`metric=requests&${day(1)}&step=30&by=route&top=1000`);
    assert.deepEqual([many?.code, many?.field], ["tooManyPoints", "top"]);
    assert.match(many?.text ?? "", /2880 points of up to 1000 series are more than 300000 values/);
    const sketches = await refused(`metric=latency&${day(2)}&q=0.5&by=route&top=100`);
    assert.match(sketches?.text ?? "", /more than 20000 sketches/);
    assert.equal(await refused(`metric=latency&${day(2)}&by=route&top=100`), undefined);
  });

  it("name the part of the question that is wrong", async () => {
    assert.equal((await refused("metric=requests&where=colour:red"))?.field, "where");
    assert.equal((await refused("metric=requests&by=colour"))?.field, "by");
  });

  it("let the largest of thousands of series be found in thousands of points, while everything else goes on", async () => {
    const own = metric({
      name: "hits",
      dimensions: [dimension("user", { budget: 10_000 })],
      seriesMax: 20_000,
    });
    const users = 2_500;
    const rowOf = (user: number, block: number, count: number) =>
      Array.from({ length: count }, () => ({ timeMs: NOW - block * 180_000 - 1, user: `u${user}` }));
    const counts = countsOf(
      [1, 2, 3, 4].map((block) => {
        const logs = Array.from({ length: users }, (_, user) =>
          rowOf(user, block, user === 17 ? 3 : 1),
        ).flat();
        return tallyOf([own], logs, NOW);
      }),
    );
    const view = PARTITIONS[0] as PartitionView;
    const { source, context } = askedCounts([{ view, counts }], { metrics: [own], nowMs: NOW });
    let [turns, isOver] = [0, false];
    const others = (async () => {
      for (; !isOver; turns++) await nextTurn();
    })();
    const query = new URLSearchParams(`metric=hits&${day(1)}&step=30&by=user&top=2`);
    const answered = await answerOf(source, query, context);
    isOver = true;
    await others;
    assert.ok(!("status" in answered));
    assert.deepEqual(
      answered.series.map(({ values, total }) => [values["user"], total]),
      [
        ["u17", 12],
        [answered.series[1]?.values["user"], 4],
      ],
    );
    assert.equal(answered.more, users - 2);
    assert.equal(answered.series[0]?.count.filter((count) => count === 3).length, 4);
    assert.ok(turns > 3, `others had ${turns} turns`);
  });

  it("are those of combinations, too: more than can be ranked are refused by name", async () => {
    const own = metric({
      name: "hits",
      dimensions: [dimension("user", { budget: 10_000 })],
      seriesMax: 20_000,
    });
    const counts = countsOf(
      [1, 2, 3, 4, 5, 6].map((block) => {
        const logs = Array.from({ length: 9_000 }, (_, user) => ({
          timeMs: NOW - block * 180_000,
          user: `${block}-${user}`,
        }));
        return tallyOf([own], logs, NOW);
      }),
    );
    const view = PARTITIONS[0] as PartitionView;
    const { source, context } = askedCounts([{ view, counts }], { metrics: [own], nowMs: NOW });
    const reply = await answerOf(source, new URLSearchParams(`metric=hits&${day(1)}&by=user`), context);
    assert.ok("status" in reply && reply.status === 400);
    assert.match(JSON.stringify(reply.body), /tooManyPoints.*more than 50000 combinations/);
  });

  it("leave days of many years cheap: a zone is looked into once", () => {
    const zones = new Zones();
    const ask = () =>
      parseStats(
        new URLSearchParams(`metric=requests&step=1d&tz=America/New_York&${day(2_900)}`),
        NOW,
        zones,
      );
    const [first, second] = [ask(), ask()];
    assert.ok(!("text" in first) && !("text" in second));
    assert.equal(first.days, second.days);
    assert.deepEqual(first.points.starts, second.points.starts);
  });
});

describe("the generations of a metric", () => {
  const before = metric({ name: "hits", dimensions: [dimension("route")] });
  const changed = metric({ ...before, where: [{ field: "status", is: ["200"] }] });

  it("are others once its definition is, but not for other limits", () => {
    assert.equal(generationOf({ ...before, seriesMax: 7, wanted: 3 }), generationOf(before));
    assert.equal(
      generationOf({ ...before, dimensions: [dimension("route", { budget: 9 })] }),
      generationOf(before),
    );
    for (const other of [
      changed,
      metric({ ...before, value: "unique", field: "route" }),
      metric({ ...before, dimensions: [] }),
      metric({ ...before, dimensions: [dimension("route", { as: "path" })] }),
      metric({ ...before, sources: ["shop"] }),
    ]) {
      assert.notEqual(generationOf(other), generationOf(before));
    }
  });

  it("are told by an answer, with the first block of each, and added up", async () => {
    const logs = (ago: number): TestLog[] => [{ timeMs: NOW - ago, route: "/a", status: "200" }];
    const counts = countsOf([tallyOf([before], logs(540_000), NOW), tallyOf([changed], logs(1), NOW)]);
    const view = PARTITIONS[0] as PartitionView;
    const { source, context } = askedCounts([{ view, counts }], { metrics: [changed], nowMs: NOW });
    const answered = await answerOf(source, new URLSearchParams(`metric=hits&${RANGE}`), context);
    assert.ok(!("status" in answered));
    assert.equal(answered.generation, generationOf(changed));
    assert.deepEqual(answered.generations, [
      { generation: generationOf(before), from: NOW - 540_000 },
      { generation: generationOf(changed), from: NOW - 180_000 },
    ]);
    assert.equal(answered.series[0]?.total, 2);
  });

  it("are unknown of what was counted before there were any, and that is still read", () => {
    const writer = new ByteWriter();
    const shape = { ...shapeOf(before), generation: "" };
    writeShape(writer, shape);
    assert.deepEqual(readShape(new ByteReader(writer.done())), shape);
  });
});

describe("a revision of an answer", () => {
  const at = (counts: Record<string, (number | null)[]>, parts: Partial<StatsAnswer> = {}): StatsAnswer => ({
    ...statsOf({
      times: [0, 180_000, 360_000],
      series: Object.entries(counts).map(([route, count]) => statsSeries({ route }, count)),
    }),
    ...parts,
  });

  it("holds the points that have changed, and of those only what is in them", () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`/r${index}`, [1, null, null]]),
    );
    const before = at({ ...many, "/a": [1, 2, null], "/b": [5, 1, null] });
    const now = at({ ...many, "/a": [1, 3, 1], "/b": [5, 1, null] });
    const revision = revisionOf(before, now);
    assert.deepEqual(revision?.times, [180_000, 360_000]);
    assert.deepEqual(
      revision?.series.map(({ values, count }) => [values["route"], count]),
      [
        ["/a", [3, 1]],
        ["/b", [1, null]],
      ],
    );
    assert.ok(JSON.stringify(revision).length < 1_000);
  });

  it("is not there when only time has passed, or a laggard is as much further behind", () => {
    const laggards = [{ partition: "a/1", state: "lagging", lagMs: 5 }];
    const before = at({ "/a": [1, 2, null] }, { watermark: 5, laggards });
    const now = at(
      { "/a": [1, 2, null] },
      { watermark: 9, laggards: [{ ...laggards[0], lagMs: 9 }] as never },
    );
    assert.equal(revisionOf(before, now), undefined);
    assert.equal(revisionOf(before, { ...now, laggards: [] })?.times.length, 0);
  });

  it("says that a series has left a point with which it is among the largest no more", () => {
    const revision = revisionOf(
      at({ "/a": [1, 2, null], "/b": [9, null, null] }),
      at({ "/a": [1, 2, null] }),
    );
    assert.deepEqual(revision?.times, [0]);
    assert.deepEqual(
      revision?.series.map(({ count }) => count),
      [[1]],
    );
  });
});
