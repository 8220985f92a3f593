import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BLOCK_MS } from "../../../../runtime/counting/cells.ts";
import { LocalDays } from "../../../../runtime/counting/local-day.ts";

const ZONES = [
  "UTC",
  "Asia/Shanghai",
  "America/New_York",
  "Australia/Lord_Howe",
  "Africa/Cairo",
  "Asia/Kathmandu",
  "America/St_Johns",
  "Pacific/Kwajalein",
  "Asia/Beirut",
  "America/Santiago",
];

const day = (zone: string, date: string) => {
  const days = new LocalDays(zone);
  return { start: new Date(days.startOf(date)).toISOString(), blocks: days.blocksOf(days.startOf(date)) };
};

describe("local days", () => {
  it("are as long as their zone makes them", () => {
    assert.equal(day("America/New_York", "2026-03-08").blocks, 460);
    assert.equal(day("America/New_York", "2026-11-01").blocks, 500);
    assert.equal(day("Australia/Lord_Howe", "2026-04-05").blocks, 490);
    assert.equal(day("Australia/Lord_Howe", "2026-10-04").blocks, 470);
    assert.equal(day("Asia/Shanghai", "2026-11-22").blocks, 480);
    assert.equal(day("Asia/Kathmandu", "1986-01-01").blocks, 475);
    assert.equal(day("America/Caracas", "2016-05-01").blocks, 470);
  });

  it("begin at one o'clock where there was no midnight", () => {
    assert.equal(day("Africa/Cairo", "2026-04-24").start, "2026-04-23T22:00:00.000Z");
    assert.equal(day("Asia/Beirut", "2026-03-29").start, "2026-03-28T22:00:00.000Z");
    assert.equal(day("America/Santiago", "2026-09-06").start, "2026-09-06T04:00:00.000Z");
  });

  it("skip the day that a zone skipped", () => {
    const days = new LocalDays("Pacific/Kwajalein");
    const before = days.startOf("1993-08-20");
    assert.equal(days.dateOf(days.nextDayOf(before)), "1993-08-22");
    assert.equal(days.startOf("1993-08-21"), days.startOf("1993-08-22"));
  });

  it("number their blocks from 0, so that the number repeats every day and never within one", () => {
    const days = new LocalDays("America/New_York");
    const start = days.startOf("2026-11-01");
    const numbers = Array.from({ length: 500 }, (_, block) => days.indexOf(start + block * BLOCK_MS));
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index),
    );
    assert.equal(days.indexOf(start + 500 * BLOCK_MS), 0);
  });

  it("follow each other without a gap, and begin and end where blocks do, in every zone and year", () => {
    const known = new Map(ZONES.map((zone) => [zone, new LocalDays(zone)]));
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: Date.UTC(1981, 0), max: Date.UTC(2036, 0) }),
        (zone, timeMs) => {
          const days = known.get(zone) as LocalDays;
          const start = days.dayStartOf(timeMs);
          const next = days.nextDayOf(timeMs);
          assert.ok(start <= timeMs && timeMs < next, `${start} ${timeMs} ${next}`);
          assert.equal(start % BLOCK_MS, 0);
          assert.equal(next % BLOCK_MS, 0);
          assert.equal(days.dayStartOf(next), next);
          assert.equal(days.dayStartOf(next - 1), start);
          assert.ok(days.indexOf(timeMs) >= 0 && days.indexOf(timeMs) < days.blocksOf(timeMs));
        },
      ),
      { numRuns: 300 },
    );
  });
});
