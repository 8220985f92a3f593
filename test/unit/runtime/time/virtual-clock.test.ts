import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";

describe("virtual clock", () => {
  it("passes time only when it is told to", () => {
    const clock = new VirtualClock(1_000);
    const ran: string[] = [];
    clock.after(10, () => void ran.push("ten"));
    assert.deepEqual([clock.nowMs(), clock.wallMs(), ran], [0, 1_000, []]);
    clock.advance(9);
    assert.deepEqual(ran, []);
    clock.advance(1);
    assert.deepEqual([clock.nowMs(), clock.wallMs(), ran], [10, 1_010, ["ten"]]);
  });

  it("runs what falls due in order of time, then of scheduling, also what is scheduled on the way", () => {
    const clock = new VirtualClock();
    const ran: [string, number][] = [];
    const noting = (name: string) => (): void => void ran.push([name, clock.nowMs()]);
    clock.after(20, noting("late"));
    clock.after(10, () => {
      noting("first")();
      clock.after(5, noting("on the way"));
      clock.after(-1, noting("at once"));
    });
    clock.after(10, noting("second"));
    clock.advance(30);
    assert.deepEqual(ran, [
      ["first", 10],
      ["second", 10],
      ["at once", 10],
      ["on the way", 15],
      ["late", 20],
    ]);
    assert.equal(clock.nowMs(), 30);
  });

  it("does not run what was cancelled", () => {
    const clock = new VirtualClock();
    const cancel = clock.after(10, () => assert.fail("it was cancelled"));
    cancel();
    cancel();
    clock.advance(20);
    assert.equal(clock.step(1_000), false);
  });
});
