import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BLOCK_MS } from "../../../../runtime/counting/cells.ts";
import { LocalDays } from "../../../../runtime/counting/local-day.ts";
import { pointsOf } from "../../../../runtime/counting/points.ts";

const DAY_MS = 86_400_000;
/** Days on which clocks are changed, and one on which they are not. */
const CHANGES: readonly (readonly [zone: string, date: string])[] = [
  ["America/New_York", "2026-03-08"],
  ["America/New_York", "2026-11-01"],
  ["Australia/Lord_Howe", "2026-04-05"],
  ["Australia/Lord_Howe", "2026-10-04"],
  ["Africa/Cairo", "2026-04-24"],
  ["Africa/Cairo", "2026-10-29"],
  ["Asia/Shanghai", "2026-11-22"],
];

describe("points of local days", () => {
  for (const [zone, date] of CHANGES) {
    it(`take in each block of the days around ${date} in ${zone} once, under its own date`, () => {
      const days = new LocalDays(zone);
      const dateOf = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
      const middle = Date.parse(`${date}T12:00:00Z`);
      const [fromMs, toMs] = [middle - 2 * DAY_MS, middle + 2 * DAY_MS];
      const points = pointsOf({ fromMs, toMs }, "day", days);
      assert.ok(points !== undefined);
      const blocks = points.starts.map(() => 0);
      for (let atMs = points.starts[0] ?? 0; atMs < points.endMs; atMs += BLOCK_MS) {
        const index = points.indexOf(atMs);
        blocks[index] = (blocks[index] ?? 0) + 1;
        assert.equal(dateOf.format(points.starts[index] ?? 0), dateOf.format(atMs));
      }
      assert.deepEqual(
        blocks,
        points.starts.map((start) => days.blocksOf(start)),
      );
    });
  }
});
