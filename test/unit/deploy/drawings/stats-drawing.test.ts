import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawStats } from "../../../../deploy/drawings/stats-drawing.ts";
import type { Stats } from "../../../../deploy/drawings/stats-drawing.ts";

const plain = (_style: string, text: string): string => text;
const FROM = Date.UTC(2026, 10, 22, 10, 0);
const BLOCK_MS = 180_000;
const STATS: Stats = {
  metric: "requests",
  value: "count",
  from: FROM,
  to: FROM + 3 * BLOCK_MS,
  step: "180",
  tz: "Asia/Shanghai",
  times: [FROM, FROM + BLOCK_MS, FROM + 2 * BLOCK_MS],
  index: [360, 361, 362],
  series: [
    { values: { status: "2xx" }, total: 12_345, count: [12_000, 345, null] },
    { values: { status: "5xx" }, total: 3, count: [null, 1, 2] },
  ],
  more: 0,
  rev: 0,
  completeness: 1,
  watermark: FROM + 2 * BLOCK_MS,
  provisionalFrom: FROM + 2 * BLOCK_MS,
  laggards: [],
  folded: 0,
  generation: "g",
  generations: [],
  error: {},
};

const drawn = (change: Partial<Stats> = {}): string => drawStats({ ...STATS, ...change }, plain);

describe("banyan stats", () => {
  it("shows each block in the time of its zone, a column for each series, and marks what may still grow", () => {
    assert.equal(
      drawn(),
      [
        "block     index     2xx  5xx",
        "18:00:00    360  12,000    -",
        "18:03:00    361     345    1",
        "18:06:00    362       -    2  ~",
        "",
        "2xx: 12,345 records",
        "5xx: 3 records",
        "",
        "100 % of the partitions are counted up to the end; everything is counted up to 2026-11-22 18:06:00; ~ may still grow; times in Asia/Shanghai",
      ].join("\n"),
    );
  });

  it("says how much is missing, and who is behind", () => {
    const laggards = [{ partition: "shop/3", state: "stalled", lagMs: 61_000 }];
    const text = drawn({ completeness: 0.999, watermark: null, laggards, rev: 4, folded: 1_200 });
    assert.match(text, /^99\.9 % of the partitions.*nothing is final yet/m);
    assert.match(text, /changed 4 times by late records; 1,200 records counted as __other__/);
    assert.ok(text.endsWith("shop/3 is stalled, 1 min behind"));
  });

  it("shows the quantiles of a latency, and how far they may be off", () => {
    const quantiles = { "0.5": [0.012, 0.0134, null], "0.99": [1.5, 120, null] };
    const series = [{ values: {}, total: 3, count: [1, 2, null], quantiles }];
    const text = drawn({ value: "latency", series, error: { quantile: 0.01 } });
    assert.match(text, /^block +index +all count +all p50 +all p99$/m);
    assert.match(text, /^18:03:00 +361 +2 +0\.013 +120$/m);
    assert.match(text, /quantiles are ±1 %/);
  });

  it("lists the most frequent values, and how many there may be too many of each", () => {
    const top = [
      { value: "/a\u001b[2J", count: 900, error: 0 },
      { value: "/b", count: 80, error: 7 },
    ];
    const text = drawn({ value: "top", series: [{ values: {}, total: 980, count: [], top }] });
    assert.match(text, /^\/a\ufffd\[2J +900 {2}exact$/m);
    assert.match(text, /^\/b +80 {2}up to 7 too many$/m);
  });

  it("tells the date where there are several days, and the date alone of a day", () => {
    assert.match(drawn({ to: FROM + 86_400_000 }), /^2026-11-22 18:00:00 /m);
    assert.match(drawn({ step: "1d" }), /^2026-11-22 +360 +12,000/m);
  });

  it("shows as many columns as the terminal is wide, whole ones, and says how many are left out", () => {
    const series = Array.from({ length: 9 }, (_, index) => ({
      values: { route: index === 8 ? "/客服" : `/route/${index}` },
      total: 1,
      count: [1_000_000, 2, null],
    }));
    const draw = (width?: number) => drawStats({ ...STATS, series }, plain, width);
    assert.match(draw(), /\/route\/0 .*\/客服$/m);
    assert.doesNotMatch(draw(), /not fit/);
    for (const width of [40, 80, 100]) {
      const lines = draw(width).split("\n").slice(0, 4);
      assert.ok(
        lines.every((line) => line.length <= width),
        lines.join("\n"),
      );
    }
    assert.match(draw(80), /^… 4 more columns do not fit into 80 letters: .*--json/m);
    assert.match(draw(5), /^block +index +\/route\/0$/m);
    assert.match(draw(5), /8 more columns do not fit/);
  });

  it("says what is kept no more, and from when on points are exact", () => {
    const text = drawn({ keptFrom: FROM, exactFrom: FROM + BLOCK_MS });
    assert.match(
      text,
      /nothing is kept of what was before 2026-11-22 18:00:00; before 2026-11-22 18:03:00 all/,
    );
  });

  it("says that nothing was counted", () => {
    assert.match(drawn({ series: [] }), /^Nothing was counted\.\n/);
  });
});
