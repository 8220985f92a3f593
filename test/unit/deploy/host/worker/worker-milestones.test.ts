import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EndedWorker } from "../../../../../protocols/host.ts";
import { Milestones, WorkerFailed } from "../../../../../deploy/host/worker/worker-milestones.ts";
import { VirtualClock } from "../../../../../runtime/time/virtual-clock.ts";

const END: EndedWorker = {
  number: 1,
  pid: 7,
  atMs: 0,
  lifeMs: 0,
  code: 1,
  signal: null,
  kind: "crashed",
  text: "ended with 1",
  advice: undefined,
};

describe("the way of a worker", () => {
  it("is waited for, also when it was gone before", async () => {
    const milestones = new Milestones();
    const clock = new VirtualClock();
    const waiting = milestones.until("prepared", 1_000, clock);
    milestones.reach("prepared");
    await waiting;
    await milestones.until("prepared", 1_000, clock);
    assert.equal(clock.step(10_000), false, "no timer is left");
  });

  it("ends with the worker", async () => {
    const milestones = new Milestones();
    const clock = new VirtualClock();
    const waiting = milestones.until("serving", 1_000, clock);
    milestones.end(END);
    await assert.rejects(
      waiting,
      (error: WorkerFailed) => error.end === END && error.message === "ended with 1",
    );
    await assert.rejects(milestones.until("handedOver", 1_000, clock), WorkerFailed);
    assert.equal(clock.step(10_000), false, "no timer is left");
  });

  it("takes only so long", async () => {
    const milestones = new Milestones();
    const clock = new VirtualClock();
    const waiting = milestones.until("prepared", 1_000, clock);
    clock.step(1_000);
    await assert.rejects(waiting, /was not prepared within 1000 ms/);
  });

  it("takes as much longer as the host could not look", async () => {
    const milestones = new Milestones();
    const real = new VirtualClock();
    // Half of the time does not count.
    const clock = { nowMs: () => real.nowMs() / 2, wallMs: () => 0, after: real.after.bind(real) };
    let isOver = false;
    const waiting = milestones.until("prepared", 1_000, clock).catch(() => (isOver = true));
    while (real.nowMs() < 1_900 && real.step(1_900 - real.nowMs()));
    await Promise.resolve();
    assert.equal(isOver, false);
    while (real.step(1_000));
    await waiting;
    assert.equal(isOver, true);
  });
});
