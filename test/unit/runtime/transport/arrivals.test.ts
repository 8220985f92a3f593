import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Arrivals } from "../../../../runtime/transport/arrivals.ts";
import { CREDIT_PARCELS } from "../../../../runtime/transport/outbox.ts";

function handle(arrivals: Arrivals, count: number): void {
  arrivals.take(arrivals.received + 1, count);
  arrivals.settle(arrivals.begin());
}

describe("what has come from a sender", () => {
  it("is told as received when it has come, and as handled when all before it is handled, too", () => {
    const arrivals = new Arrivals();
    arrivals.take(1, 2);
    const first = arrivals.begin();
    arrivals.take(3, 2);
    const second = arrivals.begin();
    arrivals.settle(second);
    assert.equal(arrivals.isOwed, false);
    assert.deepEqual(arrivals.tell(), {
      received: 4,
      handled: 0,
      limit: CREDIT_PARCELS,
      answers: 0,
      hasGap: false,
    });
    arrivals.settle(first);
    assert.equal(arrivals.isOwed, true);
    const { handled, limit } = arrivals.tell();
    assert.deepEqual([handled, limit], [4, 4 + CREDIT_PARCELS]);
    assert.equal(arrivals.isOwed, false);
  });

  it("is told at once when the sender has a quarter of its credit to gain, a question or a gap", () => {
    const arrivals = new Arrivals();
    handle(arrivals, CREDIT_PARCELS / 4 - 1);
    assert.deepEqual([arrivals.isOwed, arrivals.isDue], [true, false]);
    handle(arrivals, 1);
    assert.equal(arrivals.isDue, true);
    arrivals.tell();
    arrivals.asked(7);
    assert.equal(arrivals.isDue, true);
    assert.equal(arrivals.tell().answers, 7);
    assert.equal(arrivals.tell().answers, 0, "a question is answered once");
  });

  it("tells of a gap once, until what was missing has come", () => {
    const arrivals = new Arrivals();
    const tellGap = (first: number): boolean => {
      assert.equal(arrivals.take(first, 1), "gap");
      return arrivals.tell().hasGap;
    };
    assert.deepEqual([tellGap(3), tellGap(4), tellGap(3)], [true, false, false]);
    handle(arrivals, 1);
    assert.deepEqual([tellGap(3), tellGap(4)], [true, false]);
  });

  it("never gives more credit than it has room for, and never takes any back", () => {
    const step = fc.record({ count: fc.integer({ min: 1, max: 500 }), settles: fc.nat({ max: 5 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const arrivals = new Arrivals();
        const begun: ReturnType<Arrivals["begin"]>[] = [];
        let limitBefore = 0;
        for (const { count, settles } of steps) {
          arrivals.take(arrivals.received + 1, count);
          begun.push(arrivals.begin());
          for (let left = settles; left > 0 && begun.length > 0; left--) arrivals.settle(begun.pop()!);
          const { received, handled, limit } = arrivals.tell();
          assert.ok(handled <= received && limit === handled + CREDIT_PARCELS && limit >= limitBefore);
          limitBefore = limit;
        }
      }),
    );
  });
});
