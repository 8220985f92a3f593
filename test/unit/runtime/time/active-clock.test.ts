import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ActiveClock } from "../../../../runtime/time/active-clock.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";

describe("the active clock", () => {
  it("runs with the clock below while the process can act", () => {
    const clock = new VirtualClock();
    const active = new ActiveClock(clock);
    active.after(10_000, () => {});
    clock.advance(5_000);
    assert.equal(active.nowMs(), 5_000);
    assert.equal(active.pausedMs, 0);
  });

  it("stands still while the process is stopped, and goes on from there", () => {
    const clock = new VirtualClock();
    const active = new ActiveClock(clock);
    active.after(60_000, () => {});
    clock.advance(1_000);
    clock.pause(30_000);
    assert.ok(active.nowMs() <= 1_060, `${active.nowMs()} ms have passed`);
    clock.advance(1_000);
    assert.ok(active.nowMs() >= 2_000 && active.nowMs() <= 2_060);
    assert.ok(active.pausedMs >= 29_900 && active.pausedMs <= 30_000);
  });

  it("counts a pause that ends with the very task that somebody waited for", () => {
    const clock = new VirtualClock();
    const active = new ActiveClock(clock);
    let seenMs = 0;
    active.after(1_000, () => {
      seenMs = active.nowMs();
    });
    clock.advance(500);
    clock.pause(9_000);
    clock.advance(1_000);
    assert.ok(seenMs < 1_000, `the task saw ${seenMs} ms`);
  });

  it("never goes back", () => {
    const clock = new VirtualClock();
    const active = new ActiveClock(clock);
    active.after(100_000, () => {});
    let latestMs = 0;
    for (const step of [10, 49, 1, 200, 3, 60, 5_000, 50, 55]) {
      if (step % 2 === 0) clock.pause(step);
      else clock.advance(step);
      assert.ok(active.nowMs() >= latestMs);
      latestMs = active.nowMs();
    }
  });

  it("ticks only while something waits", () => {
    const clock = new VirtualClock();
    const active = new ActiveClock(clock);
    const cancel = active.after(10_000, () => {});
    cancel();
    clock.advance(100);
    assert.equal(clock.step(1_000_000), false, "nothing is scheduled any more");
  });
});
