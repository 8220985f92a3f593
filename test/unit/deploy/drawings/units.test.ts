import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytes, duration, oneLine, slope, timeOf } from "../../../../deploy/drawings/units.ts";

describe("a duration", () => {
  it("uses the largest unit that fits", () => {
    assert.deepEqual([0, 999, 1_000, 61_000, 3_600_000, 200_000_000].map(duration), [
      "0 ms",
      "999 ms",
      "1 s",
      "1 min",
      "1 h",
      "2 d",
    ]);
  });
});

describe("a number of bytes", () => {
  it("is told in the unit that leaves few digits", () => {
    assert.deepEqual([0, 1_023, 1_024, 15_360, 3_565_158, 2 ** 31].map(bytes), [
      "0 B",
      "1023 B",
      "1.0 KiB",
      "15 KiB",
      "3.4 MiB",
      "2.0 GiB",
    ]);
  });

  it("has a sign when it says how fast something grows", () => {
    assert.deepEqual([undefined, 0, 2_048, -2_048].map(slope), [
      "-",
      "0 B/min",
      "+2.0 KiB/min",
      "-2.0 KiB/min",
    ]);
  });
});

describe("a time", () => {
  it("reads as date and time of the machine", () => {
    assert.equal(timeOf(new Date(2026, 0, 31, 14, 3, 9).getTime()), "2026-01-31 14:03:09");
  });
});

describe("a text of somebody else", () => {
  it("stays on its line, in its length, and off the terminal", () => {
    assert.equal(oneLine("two\n  lines"), "two lines");
    assert.equal(oneLine("\u001b[2Jx"), "\u{fffd}[2Jx");
    assert.equal(oneLine("abcdef", 4), "abc…");
  });
});
