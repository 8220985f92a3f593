import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Pace } from "../../../../../runtime/net/hand-over/pace.ts";

/** Lets connections arrive, each after as long as those before it need: so many a millisecond. */
function settled(connectionsPerMs: number): Pace {
  const pace = new Pace();
  for (let index = 0; index < 5_000; index++) pace.arrived(pace.atOnce / connectionsPerMs);
  return pace;
}

describe("the pace of a hand-over", () => {
  it("lets more move at once for as long as none of them is silent for long, up to a limit", () => {
    assert.equal(settled(100).atOnce, 128);
  });

  it("lets fewer move at once when each has to wait for the others", () => {
    const { atOnce } = settled(0.5);
    assert.ok(atOnce >= 20 && atOnce <= 41, `${atOnce} at once`);
  });

  it("never stands still, however slow the other process is", () => {
    assert.equal(settled(0.001).atOnce, 4);
  });

  it("slows down once for those that were on their way together", () => {
    const pace = new Pace();
    const before = pace.atOnce;
    for (let index = 0; index < before; index++) pace.arrived(1_000);
    assert.equal(pace.atOnce, Math.floor(before * 0.7));
  });

  it("stays within its bounds, whatever arrives when", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 10_000, noNaN: true })), (times) => {
        const pace = new Pace();
        for (const ms of times) {
          pace.arrived(ms);
          assert.ok(pace.atOnce >= 4 && pace.atOnce <= 128);
        }
      }),
    );
  });
});
