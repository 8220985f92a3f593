import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { barsOf, gathered } from "../../../../../actors/monitoring/page/bars.ts";
import { latenciesOf, stretchesOf } from "../../../../../actors/monitoring/page/lines.ts";
import { timeTicks, valueTicks } from "../../../../../actors/monitoring/page/scale.ts";
import { identityOf, totalOf } from "../../../../../actors/monitoring/page/stats.ts";
import { statsAnswer, statsSeries } from "../../../../support/stats-answer.ts";

const times = [0, 30_000, 60_000];

describe("bars of requests a second", () => {
  it("stack what is known by status, and put all else together", () => {
    const series = [
      statsSeries({ status: "2xx" }, [60, null, 30]),
      statsSeries({ status: "none" }, [30, null, null]),
      statsSeries({ status: "__other__" }, [15, null, null]),
    ];
    const [first, second, last] = barsOf(statsAnswer({ times, to: 90_000, provisionalFrom: 60_000, series }));
    assert.deepEqual(first?.perSecond, { "2xx": 2, "3xx": 0, "4xx": 0, "5xx": 0, other: 1.5 });
    assert.equal(first?.all, 3.5);
    assert.deepEqual([second?.all, second?.isOpen], [0, false]);
    assert.deepEqual([last?.all, last?.isOpen], [1, true]);
  });

  it("take a day by its own length, which is not always 24 hours", () => {
    const hours = 3_600_000;
    const series = [statsSeries({ status: "2xx" }, [23 * 3_600, 24 * 3_600])];
    const bars = barsOf(statsAnswer({ times: [0, 23 * hours], to: 47 * hours, series }));
    assert.deepEqual(
      bars.map(({ all }) => all),
      [1, 1],
    );
  });

  it("hold as many requests when neighbours become one, and no more bars than there is room for", () => {
    const counts = fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 50 }), (count, max) => {
        const starts = count.map((_, index) => index * 30_000);
        const series = [statsSeries({ status: "2xx" }, count)];
        const bars = gathered(barsOf(statsAnswer({ times: starts, to: count.length * 30_000, series })), max);
        const held = bars.reduce((sum, { all, fromMs, toMs }) => sum + (all * (toMs - fromMs)) / 1_000, 0);
        assert.ok(bars.length <= max + 1);
        assert.ok(Math.abs(held - count.reduce((sum, one) => sum + one, 0)) < 1e-6);
        assert.equal(bars.at(-1)?.toMs, count.length * 30_000);
      }),
    );
  });
});

describe("lines of percentiles", () => {
  const answerOf = (p50: (number | null)[], provisionalFrom: number | null) =>
    latenciesOf(
      statsAnswer({
        times: p50.map((_, index) => index * 180_000),
        to: p50.length * 180_000,
        provisionalFrom,
        series: [{ values: {}, total: 1, count: p50, quantiles: { "0.5": p50 } }],
      }),
    );

  it("break where nothing was counted", () => {
    const stretches = stretchesOf(answerOf([1, 2, null, 3], null), "0.5");
    assert.deepEqual(
      stretches.map(({ dots }) => dots.map(({ value }) => value)),
      [[1, 2], [3]],
    );
  });

  it("go on from the last final point where they are provisional", () => {
    const stretches = stretchesOf(answerOf([1, 2, 4], 360_000), "0.5");
    assert.deepEqual(
      stretches.map(({ isOpen, dots }) => [isOpen, ...dots.map(({ value }) => value)]),
      [
        [false, 1, 2],
        [true, 2, 4],
      ],
    );
  });

  it("are none while nothing was counted", () => {
    assert.deepEqual(stretchesOf(latenciesOf(statsAnswer({ times, to: 90_000 })), "0.99"), []);
  });
});

describe("the marks beside a chart", () => {
  it("are round, begin at nothing and reach what is drawn", () => {
    assert.deepEqual(valueTicks(0.29, 4), [0, 0.1, 0.2, 0.3]);
    assert.deepEqual(valueTicks(0, 4), [0, 1]);
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (max) => {
        const ticks = valueTicks(max, 4);
        assert.equal(ticks[0], 0);
        assert.ok((ticks.at(-1) ?? 0) >= max * (1 - 1e-9));
        assert.ok(ticks.length <= 6);
      }),
    );
  });

  it("stand at whole hours of the reader's clock, and never too close", () => {
    const hour = 3_600_000;
    const inKathmandu = (timeMs: number): number => (timeMs / 60_000 + 345) % 1_440;
    const ticks = timeTicks({ fromMs: 0, toMs: 24 * hour }, 8, inKathmandu);
    assert.ok(ticks.length >= 4 && ticks.length <= 9);
    assert.deepEqual(
      ticks.map((tick) => inKathmandu(tick) % 60),
      ticks.map(() => 0),
    );
    assert.deepEqual(timeTicks({ fromMs: 0, toMs: 0 }, 8, inKathmandu), []);
  });
});

describe("what became of the records of a partition", () => {
  const parts = { partition: "gateway/ash", state: "flowing", batches: 1, lost: 7 };
  const counts = { counted: 5, duplicate: 4, quarantined: 3, tooLate: 2, unparsable: 1 };

  it("adds up to what was read, and what was lost was never read", () => {
    assert.deepEqual(identityOf({ ...parts, ...counts, read: 15 }), { read: 15, sum: 15, holds: true });
  });

  it("is wrong when a record was read and then forgotten", () => {
    assert.deepEqual(identityOf({ ...parts, ...counts, read: 16 }), { read: 16, sum: 15, holds: false });
  });

  it("counts only the series that are wanted", () => {
    const series = [statsSeries({ status: "5xx" }, [1, 2]), statsSeries({ status: "2xx" }, [4, null])];
    assert.equal(totalOf(statsAnswer({ series })), 7);
    assert.equal(
      totalOf(statsAnswer({ series }), ({ values }) => values["status"] === "5xx"),
      3,
    );
  });
});
