import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { note, work } from "../../../support/script.ts";
import type { ScriptParts, ScriptRef } from "../../../support/script.ts";
import type { LogLine } from "../../../support/log-record.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

/** What was said of mailboxes. */
const told = (virtual: VirtualSystem): LogLine[] =>
  virtual.log.lines.filter(({ event }) => event.startsWith("mailbox."));

/** A system whose actor `/slow` takes 300 ms for each message. */
function slowActor(parts: ScriptParts = {}): {
  virtual: VirtualSystem;
  slow: ScriptRef;
  crowd: (count: number) => void;
} {
  const virtual = new VirtualSystem();
  const slow = virtual.spawn("slow", { type: "slow", ...parts });
  const step = work(() => new Promise((resolve) => virtual.clock.after(300, resolve)));
  const crowd = (count: number): void => {
    for (let n = 0; n < count; n++) virtual.tell(slow, step);
  };
  return { virtual, slow, crowd };
}

describe("mail that waits for too long", () => {
  it("is told once for its type, with the actor where it is oldest, and once when it is over", async () => {
    const { virtual, crowd } = slowActor();
    crowd(100);
    await virtual.advance(10_000);
    assert.deepEqual(told(virtual), [], "within its time");
    await virtual.advance(5_000);
    const { oldestAgeMs, depth, ...what } = told(virtual)[0]?.fields ?? assert.fail("nothing was told");
    assert.deepEqual(what, { type: "slow", path: "/slow" });
    assert.ok(Number(oldestAgeMs) >= 10_000 && Number(depth) > 0);
    assert.equal(virtual.system.mailAging.now().length, 1);
    await virtual.advance(30_000);
    assert.deepEqual(virtual.system.mailAging.now(), []);
    assert.deepEqual(
      told(virtual).map(({ event }) => event),
      ["mailbox.aging", "mailbox.recovered"],
    );
    assert.equal(virtual.node("/slow").restarts, 0, "nobody is restarted for it");
  });

  it("is not told of an actor that may let it wait", async () => {
    const { virtual, crowd } = slowActor({ mailWithinMs: Number.POSITIVE_INFINITY });
    crowd(100);
    await virtual.advance(60_000);
    assert.deepEqual(told(virtual), []);
  });

  it("is not told when the whole process was held up: it is handled by the next look", async () => {
    const { virtual, slow, crowd } = slowActor();
    crowd(6);
    virtual.tell(slow, note("behind"));
    await virtual.advance(100);
    virtual.clock.pause(60_000);
    await virtual.advance(10_000);
    assert.deepEqual(told(virtual), []);
    assert.equal(virtual.node("/slow").mailbox.depth, 0);
  });

  it("is not told of an actor that an operator has suspended", async () => {
    const { virtual, crowd } = slowActor();
    crowd(10);
    await virtual.settle();
    virtual.system.steering.steer("suspend", { path: "/slow" });
    for (let second = 0; second < 60; second++) {
      await virtual.advance(1_000);
      crowd(1);
    }
    assert.deepEqual(told(virtual), []);
  });

  it("costs nothing while mail is handled in time: no clock is set for it", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    for (let n = 0; n < 1_000; n++) virtual.tell(actor, note("x"));
    await virtual.settle();
    assert.equal(virtual.clock.step(1e9), false, "nothing waits for time to pass");
  });

  it("of sync actors that are fed faster than they work is found too", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { mailWithinMs: 3_000 });
    const busy = work(() => virtual.clock.pause(2));
    // It is fed two messages while it handles one.
    for (let round = 0; round < 500; round++) {
      for (let n = 0; n < 16; n++) virtual.tell(actor, busy);
      await virtual.round();
      virtual.clock.advance(0);
    }
    assert.ok(virtual.events.includes("mailbox.aging"));
  });
});
