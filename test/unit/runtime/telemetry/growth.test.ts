import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Course } from "../../../../runtime/telemetry/growth.ts";

const MINUTE_MS = 60_000;

describe("the course of a number", () => {
  it("has no slope until it was seen three times", () => {
    const course = new Course(10);
    assert.equal(course.growth(), undefined);
    course.add(0, 1);
    course.add(1_000, 2);
    assert.equal(course.growth(), undefined);
    course.add(2_000, 3);
    assert.deepEqual(course.growth(), { perMinute: 60, sinceMs: 2_000 });
  });

  it("has no slope when no time has passed", () => {
    const course = new Course(10);
    for (const value of [1, 2, 3]) course.add(5, value);
    assert.equal(course.growth(), undefined);
  });

  it("forgets what is old", () => {
    const course = new Course(3);
    course.add(0, 1_000_000);
    for (let minute = 1; minute <= 3; minute++) course.add(minute * MINUTE_MS, minute * 10);
    assert.deepEqual(course.growth(), { perMinute: 10, sinceMs: 2 * MINUTE_MS });
  });

  it("finds the slope of any line", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10_000, max: 10_000 }),
        fc.integer({ min: 3, max: 50 }),
        (slope, points) => {
          const course = new Course(100);
          for (let minute = 0; minute < points; minute++) course.add(minute * MINUTE_MS, 7 + slope * minute);
          assert.equal(course.growth()?.perMinute, slope === 0 ? 0 : slope);
        },
      ),
    );
  });
});
