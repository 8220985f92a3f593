import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { nextReadMs, retryMs } from "../../../../../actors/logs/puller/pace.ts";
import type { ReadYield } from "../../../../../actors/logs/puller/pace.ts";

const nothing: ReadYield = { isAtEnd: true, hasMoved: false, units: 0, unitsMax: 1_000, bytes: 0 };
const some: ReadYield = { isAtEnd: true, hasMoved: true, units: 3, unitsMax: 1_000, bytes: 300 };

describe("when a partition is read again", () => {
  it("at once while much is left", () => {
    assert.equal(
      nextReadMs({ isAtEnd: false, hasMoved: true, units: 1_000, unitsMax: 1_000, bytes: 1 }, 0),
      0,
    );
    assert.equal(
      nextReadMs({ isAtEnd: false, hasMoved: true, units: 10, unitsMax: 1_000, bytes: 2 ** 20 }, 0),
      0,
    );
  });

  it("at once behind the end of a file, after which the next one begins", () => {
    assert.equal(nextReadMs({ isAtEnd: false, hasMoved: true, units: 0, unitsMax: 1_000, bytes: 0 }, 0), 0);
  });

  it("not at once while it waits for the end of a file that somebody may still write to", () => {
    assert.equal(nextReadMs({ ...nothing, isAtEnd: false }, 0), 50);
  });

  it("twenty times a second while little comes at a time", () => {
    assert.equal(nextReadMs({ ...some, isAtEnd: false }, 0), 50);
    assert.equal(nextReadMs(some, 0), 50);
  });

  it("ten times a second while nothing comes, for a minute", () => {
    assert.deepEqual(
      [0, 30_000, 59_999].map((quietMs) => nextReadMs(nothing, quietMs)),
      [100, 100, 100],
    );
  });

  it("ever more seldom after that, down to once a second", () => {
    assert.deepEqual(
      [60_000, 70_000, 80_000, 90_000, 100_000, 86_400_000].map((quietMs) => nextReadMs(nothing, quietMs)),
      [200, 400, 800, 1_000, 1_000, 1_000],
    );
  });

  it("never later than a second, and never sooner than 50 ms when everything is read", () => {
    const quiet = fc.double({ min: 0, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(fc.nat(1_000), quiet, (units, quietMs) => {
        const ms = nextReadMs({ ...nothing, units }, quietMs);
        assert.ok(ms >= 50 && ms <= 1_000);
      }),
    );
  });
});

describe("when a failed read is tried again", () => {
  it("soon at first, and every five seconds in the end", () => {
    assert.deepEqual(
      [1, 2, 3, 10, 1_000].map((failures) => retryMs("retry", failures, 0)),
      [100, 200, 400, 5_000, 5_000],
    );
  });

  it("later when the source is asked for too much, and later still when people have to act", () => {
    assert.deepEqual([retryMs("slowDown", 1, 0), retryMs("slowDown", 9, 0)], [500, 30_000]);
    assert.deepEqual([retryMs("wait", 1, 0), retryMs("wait", 9, 0)], [5_000, 30_000]);
    assert.deepEqual([retryMs("escalate", 1, 0), retryMs("escalate", 9, 0)], [10_000, 60_000]);
  });
});
