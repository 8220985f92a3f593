import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OTHER } from "../../../../runtime/counting/dimension-slots.ts";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { metricSet } from "../../../../runtime/counting/metric-set.ts";
import { readTally, Tally } from "../../../../runtime/counting/tally.ts";
import { countsOf, dimension, metric, rowsOf, tallyOf, totalsOf } from "../../../support/counted-logs.ts";
import type { TestLog } from "../../../support/counted-logs.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const logs = fc.array(
  fc.record({
    timeMs: fc.oneof(
      fc.integer({ min: NOW - 600_000, max: NOW }),
      fc.integer({ min: NOW - 2 * 86_400_000, max: NOW + 900_000 }),
      fc.constant(Number.NaN),
    ),
    status: fc.constantFrom("200", "204", "301", "404", "500", "-"),
    route: fc.constantFrom("/a", "/b", "/ü", "/c?x"),
    request_time: fc.constantFrom("0.001", "0.250", "12", "-"),
    bytes_sent: fc.constantFrom("0", "512", "x"),
    remote_addr: fc.constantFrom("10.0.0.1", "10.0.0.2", "::1"),
    uri: fc.constantFrom("/a/1", "/a/2", "/b/3"),
  }),
  { maxLength: 60 },
);

/** Whether a time is what was expected, or up to ten seconds before it. */
const isWithinTenSeconds = (timeMs: number | undefined, expectedMs: number): boolean =>
  timeMs !== undefined && timeMs <= expectedMs && timeMs >= expectedMs - 10_000;

describe("the tally of a batch", () => {
  it("accounts for every record exactly once", () => {
    fc.assert(
      fc.property(logs, (list) => {
        const { account } = readTally(tallyOf([], list, NOW));
        const { read, counted, duplicate, quarantined, tooLate, unparsable } = account;
        assert.equal(read, list.length);
        assert.equal(read, counted + duplicate + quarantined + tooLate + unparsable);
        assert.equal(unparsable, list.filter(({ timeMs }) => Number.isNaN(timeMs)).length);
        assert.equal(quarantined, list.filter(({ timeMs }) => timeMs > NOW + 300_000).length);
        assert.equal(tooLate, list.filter(({ timeMs }) => timeMs < NOW - 86_400_000).length);
      }),
    );
  });

  it("gives the same bytes however its logs are divided into batches and ordered", () => {
    fc.assert(
      fc.property(logs, fc.nat(60), (list, cut) => {
        const whole = countsOf([tallyOf([], list, NOW)]);
        const parts = countsOf([
          tallyOf([], list.slice(cut), NOW),
          tallyOf([], list.slice(0, cut).toReversed(), NOW),
        ]);
        assert.deepEqual(Buffer.from(parts.encode()), Buffer.from(whole.encode()));
      }),
    );
  });

  it("counts what a naive count counts", () => {
    fc.assert(
      fc.property(logs, (list) => {
        const counted = list.filter(({ timeMs }) => timeMs >= NOW - 86_400_000 && timeMs <= NOW + 300_000);
        const expected: Record<string, number> = {};
        for (const { status, route } of counted) {
          const key = `${/^\d/.test(status) ? `${status[0]}xx` : "-"} ${route} - -`;
          expected[key] = (expected[key] ?? 0) + 1;
        }
        assert.deepEqual(totalsOf(countsOf([tallyOf([], list, NOW)]), "requests"), expected);
      }),
    );
  });

  it("counts into the cell of the record's own time", () => {
    const counts = countsOf([tallyOf([], [{ timeMs: NOW + 31_000, status: "200" }], NOW)]);
    counts.forEachBlock("requests", (number, block) => {
      assert.equal(number, NOW / 180_000);
      for (const { counts: cells } of block.series.values()) assert.deepEqual([...cells], [0, 1, 0, 0, 0, 0]);
    });
  });

  it("counts only what meets the conditions of a metric, in the sources that it names", () => {
    const own = [
      metric({
        name: "orders",
        where: [
          { field: "uri", startsWith: ["/order"] },
          { field: "status", isNot: ["500"] },
        ],
      }),
      metric({ name: "elsewhere", sources: ["other"] }),
    ];
    const at = (uri: string, status: string): TestLog => ({ timeMs: NOW, uri, status });
    const list = [
      at("/order/1", "200"),
      at("/order/2", "500"),
      at("/", "200"),
      { timeMs: NOW, status: "200" },
    ];
    const counts = countsOf([tallyOf(own, list, NOW)]);
    assert.deepEqual(totalsOf(counts, "orders"), { "": 1 });
    assert.deepEqual(totalsOf(counts, "elsewhere"), {});
  });

  it("folds only the value that is over its budget: totals and all other splits stay exact", () => {
    const own = [
      metric({ name: "hits", dimensions: [dimension("user", { budget: 3 }), dimension("status")] }),
    ];
    const list = Array.from({ length: 5_000 }, (_, index) => ({
      timeMs: NOW,
      user: `u${index}`,
      status: index % 10 === 0 ? "500" : "200",
    }));
    const counts = countsOf([tallyOf(own, list.slice(0, 2_000), NOW), tallyOf(own, list.slice(2_000), NOW)]);
    const totals = totalsOf(counts, "hits");
    const sum = (end: string) =>
      Object.entries(totals).reduce((total, [key, count]) => total + (key.endsWith(end) ? count : 0), 0);
    assert.equal(sum("500"), 500);
    assert.equal(sum("200"), 4_500);
    const users = new Set(Object.keys(totals).map((key) => key.split(" ")[0]));
    assert.equal(users.size, 4);
    assert.ok(users.has(OTHER));
    counts.forEachBlock("hits", (_number, block) => {
      const told = [...block.series].filter(([key]) => !key.startsWith(OTHER));
      const apart = told.reduce((total, [, series]) => total + series.total, 0);
      assert.equal(block.folded, 5_000 - apart);
    });
  });

  it("is a small number of bytes and holds nothing of an earlier batch", () => {
    const one = tallyOf([], [{ timeMs: NOW, status: "200", route: "/a" }], NOW);
    assert.ok(one.length < 400, String(one.length));
    assert.deepEqual(new Counts().encode().length, 0);
  });

  it("knows how far its records have come, and one fast clock does not push that", () => {
    const list = Array.from({ length: 2_000 }, (_, index) => ({ timeMs: NOW - 60_000 + index }));
    const { latestMs } = readTally(tallyOf([], [...list, { timeMs: NOW + 200_000 }], NOW));
    assert.ok(
      latestMs !== undefined && latestMs > NOW - 61_000 && latestMs <= NOW - 58_000,
      String(latestMs),
    );
  });

  it("knows how far its records have come, also where somebody reads the log of hours ago", () => {
    const list = Array.from({ length: 2_000 }, (_, index) => ({ timeMs: NOW - 7_200_000 + index }));
    const { latestMs } = readTally(tallyOf([], list, NOW));
    assert.ok(isWithinTenSeconds(latestMs, NOW - 7_198_001), String(latestMs));
  });

  it("is not pushed by one fast clock there either", () => {
    const list = Array.from({ length: 2_000 }, (_, index) => ({ timeMs: NOW - 7_200_000 + index }));
    const { latestMs } = readTally(tallyOf([], [...list, { timeMs: NOW - 1_800_000 }], NOW));
    assert.ok(isWithinTenSeconds(latestMs, NOW - 7_198_001), String(latestMs));
    const set = metricSet([], "test");
    const tally = new Tally(set);
    for (const batch of [list, [{ timeMs: NOW - 80_000_000 }]]) {
      tally.begin(NOW);
      for (const row of rowsOf(set.fields, batch)) tally.add(row);
    }
    assert.ok(isWithinTenSeconds(readTally(tally.encode()).latestMs, NOW - 80_000_000));
  });
});
