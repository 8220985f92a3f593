import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { revisionOf } from "../../../../../actors/monitoring/stats-revision.ts";
import { nowOf, revised } from "../../../../../actors/monitoring/page/pulse.ts";
import type { Pulse } from "../../../../../actors/monitoring/page/pulse.ts";
import type { Stats } from "../../../../../actors/monitoring/page/stats.ts";
import { statsAnswer, statsSeries } from "../../../../support/stats-answer.ts";

const CELL_MS = 30_000;
const STATUSES = ["2xx", "4xx", "5xx"];

/** Some cells that begin after so many, with the counts of each status. */
function cells(first: number, counts: readonly (readonly (number | null)[])[], open: number): Stats {
  const times = counts.map((_, index) => (first + index) * CELL_MS);
  const series = STATUSES.map((status, place) =>
    statsSeries(
      { status },
      counts.map((row) => row[place] ?? null),
    ),
  ).filter(({ total }) => total > 0);
  const to = (first + counts.length) * CELL_MS;
  return statsAnswer({ times, series, from: first * CELL_MS, to, provisionalFrom: to - open * CELL_MS });
}

const count = fc.option(fc.integer({ min: 0, max: 50 }), { nil: null });
const answer = fc
  .record({
    first: fc.integer({ min: 0, max: 6 }),
    counts: fc.array(fc.tuple(count, count, count), { minLength: 1, maxLength: 8 }),
    open: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ first, counts, open }) => cells(first, counts, open));

test("revisions upon revisions come to what the whole answer says", () => {
  fc.assert(
    fc.property(fc.array(answer, { minLength: 1, maxLength: 6 }), (answers) => {
      // A range that slides only goes forward.
      const ordered = answers.toSorted((a, b) => a.from - b.from || a.to - b.to);
      let before: Stats | undefined;
      let pulse: Pulse | undefined;
      for (const now of ordered) {
        const revision = before === undefined ? now : revisionOf(before, now);
        if (revision !== undefined) pulse = revised(pulse, revision);
        before = now;
        for (const [point, atMs] of now.times.entries()) {
          const whole = now.series.reduce((sum, series) => sum + (series.count[point] ?? 0), 0);
          assert.equal(pulse?.counts.get(atMs) ?? 0, whole);
        }
      }
    }),
  );
});

test("the rate is that of the last cell that is final, and what comes after it is told apart", () => {
  const now = nowOf(
    revised(
      undefined,
      cells(
        10,
        [
          [60, null, null],
          [80, 9, 1],
          [5, null, null],
          [2, null, 1],
        ],
        2,
      ),
    ),
  );
  assert.equal(now.final?.atMs, 11 * CELL_MS);
  assert.equal(now.perSecond, 3);
  assert.deepEqual(
    now.open.map((cell) => cell.count),
    [5, 3],
  );
});

test("a last cell in which nothing was counted is a rate of nothing, not the rate of an older one", () => {
  const now = nowOf(
    revised(
      undefined,
      cells(
        0,
        [
          [90, null, null],
          [null, null, null],
          [1, null, null],
        ],
        1,
      ),
    ),
  );
  assert.equal(now.perSecond, 0);
});

test("while nothing is final there is no rate", () => {
  const now = nowOf(revised(undefined, cells(0, [[90, null, null]], 1)));
  assert.equal(now.perSecond, undefined);
  assert.equal(now.open.length, 1);
});

test("cells that have left the range are forgotten", () => {
  const pulse = revised(
    revised(
      undefined,
      cells(
        0,
        [
          [1, 0, 0],
          [2, 0, 0],
        ],
        1,
      ),
    ),
    cells(
      1,
      [
        [2, 0, 0],
        [3, 0, 0],
      ],
      1,
    ),
  );
  assert.deepEqual(
    [...pulse.counts],
    [
      [CELL_MS, 2],
      [2 * CELL_MS, 3],
    ],
  );
});
