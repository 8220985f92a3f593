import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TimeWheel, WheelEntry } from "../../../../runtime/reminders/time-wheel.ts";

class Named extends WheelEntry {
  readonly name: number;

  constructor(name: number) {
    super();
    this.name = name;
  }
}

const START_MS = 1_700_000_000_000;
const YEAR_MS = 31_557_600_000;

/** Delays of every level of the wheel, and beyond it. */
const delay = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 40_000 }),
  fc.integer({ min: 0, max: 40_000_000 }),
  fc.integer({ min: 0, max: 3 * YEAR_MS }),
);
const step = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), name: fc.nat(20), delay }),
  fc.record({ kind: fc.constant("remove" as const), name: fc.nat(20) }),
  fc.record({ kind: fc.constant("pass" as const), delay }),
);

describe("the wheel of time", () => {
  it("gives out what is due, the earliest first, and nothing else, however far away it is", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let nowMs = START_MS;
        const wheel = new TimeWheel<Named>(nowMs);
        const entries = Array.from({ length: 21 }, (_, name) => new Named(name));
        const model = new Map<number, number>();
        for (const one of steps) {
          if (one.kind === "add") {
            wheel.add(entries[one.name] as Named, nowMs + one.delay);
            model.set(one.name, nowMs + one.delay);
          } else if (one.kind === "remove") {
            wheel.remove(entries[one.name] as Named);
            model.delete(one.name);
          } else {
            nowMs += one.delay;
            const due = wheel.advance(nowMs);
            const times = due.map(({ dueMs }) => dueMs);
            assert.deepEqual(
              times,
              times.toSorted((a, b) => a - b),
            );
            const expected = [...model].filter(([, dueMs]) => dueMs <= nowMs).map(([name]) => name);
            assert.deepEqual(new Set(due.map(({ name }) => name)), new Set(expected));
            assert.equal(due.length, expected.length);
            for (const name of expected) model.delete(name);
          }
          assert.equal(wheel.size, model.size);
          const firstMs = Math.min(...model.values());
          if (model.size === 0) assert.equal(wheel.nextMs, undefined);
          else assert.ok((wheel.nextMs ?? Infinity) <= firstMs, "it would be looked at too late");
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("says to the millisecond when the next one is due, once that is near", () => {
    const wheel = new TimeWheel<Named>(START_MS);
    wheel.add(new Named(1), START_MS + 20);
    assert.equal(wheel.nextMs, START_MS + 20);
    assert.deepEqual(wheel.advance(START_MS + 19), []);
    assert.equal(wheel.advance(START_MS + 20).length, 1);
  });

  it("is not held up by time in which nothing is due", () => {
    const wheel = new TimeWheel<Named>(0);
    wheel.add(new Named(1), START_MS);
    let looks = 0;
    while (wheel.size > 0) {
      looks++;
      wheel.advance(wheel.nextMs ?? 0);
    }
    assert.ok(looks < 10_000, `it was looked at ${looks} times`);
  });

  it("gives out what was due before it was put in", () => {
    const wheel = new TimeWheel<Named>(START_MS);
    wheel.add(new Named(1), START_MS - 5_000);
    assert.equal(wheel.advance(START_MS).length, 1);
  });

  it("gives out in time what is in a narrow slot when a wide one begins at the same moment", () => {
    // Both levels have a slot that begins at 2 * 32 ** 2.
    const wheel = new TimeWheel<Named>(32 ** 2 + 1);
    wheel.add(new Named(1), 2 * 32 ** 2 + 1);
    wheel.add(new Named(2), 2 * 32 ** 2 + 5);
    wheel.advance(2 * 32 ** 2 - 40);
    wheel.add(new Named(3), 2 * 32 ** 2 + 7);
    assert.deepEqual(
      wheel.advance(2 * 32 ** 2 + 7).map(({ name }) => name),
      [1, 2, 3],
    );
  });
});
