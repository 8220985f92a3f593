import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DueTime } from "../../../../runtime/reminders/due-time.ts";

const HOUR_MS = 3_600_000;

/** The time of a clock on the wall that is stepped now and then, looked at once a second for an hour. */
function lookedAt(steps: ReadonlyMap<number, number>): { readonly due: DueTime; readonly wallMs: number } {
  const due = new DueTime();
  let wallMs = 1_000_000_000;
  for (let nowMs = 0; nowMs <= HOUR_MS; nowMs += 1_000) {
    wallMs += 1_000 + (steps.get(nowMs) ?? 0);
    due.observe(wallMs, nowMs);
  }
  return { due, wallMs };
}

describe("the time by which reminders fall due", () => {
  it("is that of its source", () => {
    const { due, wallMs } = lookedAt(new Map());
    assert.equal(due.at(HOUR_MS), wallMs);
    assert.equal(due.at(HOUR_MS + 250), wallMs + 250);
  });

  it("follows a machine that was suspended", () => {
    const { due, wallMs } = lookedAt(new Map([[1_800_000, 8 * HOUR_MS]]));
    assert.equal(due.at(HOUR_MS), wallMs);
  });

  it("neither stands still nor comes twice when the source is set back by an hour", () => {
    const { due, wallMs } = lookedAt(new Map([[1_800_000, -HOUR_MS]]));
    const aheadMs = due.at(HOUR_MS) - wallMs;
    assert.ok(aheadMs > HOUR_MS * 0.9 && aheadMs < HOUR_MS, `it is ${aheadMs} ms ahead`);
  });

  it("is that of its source again, some time after it was set back a little", () => {
    const { due, wallMs } = lookedAt(new Map([[60_000, -60_000]]));
    assert.equal(due.at(HOUR_MS), wallMs);
  });

  it("never goes back, whatever the source says", () => {
    const look = fc.record({
      passedMs: fc.integer({ min: 0, max: 100_000 }),
      sourceMs: fc.integer({ min: 0, max: 10_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(look, { maxLength: 50 }), (looks) => {
        const due = new DueTime();
        let nowMs = 0;
        let lastMs = 0;
        for (const { passedMs, sourceMs } of looks) {
          nowMs += passedMs;
          due.observe(sourceMs, nowMs);
          const atMs = due.at(nowMs);
          assert.ok(atMs >= lastMs, `${atMs} after ${lastMs}`);
          lastMs = atMs;
        }
      }),
    );
  });
});
