import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { valuesOf } from "../../../../runtime/counting/block-counts.ts";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { OTHER } from "../../../../runtime/counting/dimension-slots.ts";
import { metricSetOf } from "../../../../runtime/counting/metric-set.ts";
import { openTally } from "../../../../runtime/counting/open-tally.ts";
import { Tally } from "../../../../runtime/counting/tally.ts";
import { dimension, metric, rowsOf, tallyOf } from "../../../support/counted-logs.ts";
import type { TestLog } from "../../../support/counted-logs.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const BLOCK_MS = 180_000;
const BUDGET = 8;
const HITS = metric({
  name: "hits",
  dimensions: [dimension("user", { budget: BUDGET }), dimension("status", { as: "statusClass", budget: 8 })],
});

const counted = (counts: Counts, logs: readonly TestLog[], nowMs: number): void =>
  counts.count(openTally(tallyOf([HITS], logs, nowMs)).counts, 0);
const spray = (count: number, name: string, timeMs: number): TestLog[] =>
  Array.from({ length: count }, (_, index) => ({ timeMs, user: `${name}${index}`, status: "200" }));
const usersIn = (counts: Counts, block: number): Record<string, number> => {
  const totals: Record<string, number> = {};
  counts.forEachBlock("hits", (number, { series }) => {
    if (number !== block / BLOCK_MS) return;
    for (const [key, one] of series) {
      const user = valuesOf(key)[0] ?? "";
      totals[user] = (totals[user] ?? 0) + one.total;
    }
  });
  return totals;
};

describe("a value that is frequent among many that are not", () => {
  it("has a series of its own, however its name is sorted", () => {
    const counts = new Counts();
    const heavy = Array.from({ length: 100 }, () => ({ timeMs: NOW, user: "zzz", status: "500" }));
    counted(counts, [...spray(2 * BUDGET, "a", NOW), ...heavy], NOW);
    assert.equal(usersIn(counts, NOW)["zzz"], 100);
  });

  it("has one in the next block when it came too late for one, also when those before it are there first again", () => {
    const counts = new Counts();
    const late = Array.from({ length: 100 }, () => ({ timeMs: NOW, user: "late", status: "200" }));
    counted(counts, spray(2 * BUDGET, "a", NOW), NOW);
    counted(counts, late, NOW);
    assert.equal(usersIn(counts, NOW)["late"], undefined);
    const next = NOW + BLOCK_MS;
    // Stored and read in between, as by another process.
    const again = Counts.decode(counts.encode());
    counted(again, spray(3 * BUDGET, "b", next), next);
    assert.equal(
      Object.keys(usersIn(again, next)).length,
      BUDGET - 1,
      "its slot is kept, and one is that of all others",
    );
    counted(
      again,
      late.map((log) => ({ ...log, timeMs: next })),
      next,
    );
    assert.equal(usersIn(again, next)["late"], 100);
    counted(counts, spray(3 * BUDGET, "b", next), next);
    counted(
      counts,
      late.map((log) => ({ ...log, timeMs: next })),
      next,
    );
    assert.deepEqual(Buffer.from(again.encode()), Buffer.from(counts.encode()));
  });

  it("takes no slot while all have one: the bytes are those of counts that never heard of slots", () => {
    const counts = new Counts();
    for (const at of [NOW, NOW + BLOCK_MS]) counted(counts, spray(BUDGET, "a", at), at);
    const plain = new Counts();
    for (const at of [NOW, NOW + BLOCK_MS]) {
      plain.add(openTally(tallyOf([HITS], spray(BUDGET, "a", at), at)).counts);
    }
    assert.deepEqual(Buffer.from(counts.encode()), Buffer.from(plain.encode()));
  });
});

describe("combinations of values beyond their limit", () => {
  it("fold the dimension with the most values: all splits by the others stay exact", () => {
    const own = metric({
      name: "hits",
      dimensions: [
        dimension("status", { as: "statusClass", budget: 8 }),
        dimension("user", { budget: 1_000 }),
        dimension("method", { budget: 4 }),
      ],
      seriesMax: 50,
    });
    const logs = fc.array(
      fc.record({
        timeMs: fc.constant(NOW),
        status: fc.constantFrom("200", "404", "500"),
        user: fc.nat(400).map((user) => `u${user}`),
        method: fc.constantFrom("GET", "PUT"),
      }),
      { minLength: 200, maxLength: 600 },
    );
    fc.assert(
      fc.property(logs, (list) => {
        const counts = new Counts();
        counts.count(openTally(tallyOf([own], list.slice(100), NOW)).counts, 0);
        counts.count(openTally(tallyOf([own], list.slice(0, 100), NOW)).counts, 0);
        const seen: Record<string, number> = {};
        counts.forEachBlock("hits", (_number, { series }) => {
          assert.ok(series.size <= 100, String(series.size));
          for (const [key, one] of series) {
            const [status, , method] = valuesOf(key);
            seen[`${status} ${method}`] = (seen[`${status} ${method}`] ?? 0) + one.total;
          }
        });
        const expected: Record<string, number> = {};
        for (const { status, method } of list) {
          const key = `${status[0]}xx ${method}`;
          expected[key] = (expected[key] ?? 0) + 1;
        }
        assert.deepEqual(seen, expected);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a million different values thrown at one dimension", () => {
  it("are counted in the room of its budget, and everything else of them exactly", () => {
    const own = metric({
      name: "hits",
      dimensions: [
        dimension("user", { budget: 100 }),
        dimension("status", { as: "statusClass", budget: 8 }),
        dimension("method", { budget: 4 }),
      ],
    });
    const set = metricSetOf([own]);
    const tally = new Tally(set);
    const counts = new Counts();
    const [batches, each] = [50, 20_000];
    for (let batch = 0; batch < batches; batch++) {
      tally.begin(NOW);
      // One row that is another each time: what a million texts would take is not to be in the way.
      const [row] = rowsOf(set.fields, [{ timeMs: NOW, user: "u0000000", status: "200", method: "GET" }]);
      assert.ok(row !== undefined);
      const userAt = row.starts[set.fields.indexOf("user")] as number;
      const statusAt = row.starts[set.fields.indexOf("status")] as number;
      for (let index = 0; index < each; index++) {
        let rest = batch * each + index;
        for (let digit = 7; digit >= 1; digit--) {
          row.bytes[userAt + digit] = 0x30 + (rest % 10);
          rest = Math.floor(rest / 10);
        }
        row.bytes[statusAt] = index % 10 === 0 ? 0x35 : 0x32;
        tally.add(row);
      }
      const bytes = tally.encode();
      assert.ok(bytes.length < 40_000, String(bytes.length));
      counts.count(openTally(bytes).counts, 0);
    }
    const seen = { "2xx": 0, "5xx": 0 };
    counts.forEachBlock("hits", (_number, { series, folded }) => {
      assert.ok(series.size <= 101 * 2, String(series.size));
      let apart = 0;
      for (const [key, one] of series) {
        const [user, status] = valuesOf(key);
        seen[status as "2xx"] += one.total;
        if (user !== OTHER) apart += one.total;
      }
      assert.equal(folded, batches * each - apart);
    });
    assert.deepEqual(seen, { "2xx": 900_000, "5xx": 100_000 });
    assert.ok(counts.encode().length < 20_000, String(counts.encode().length));
  });
});
