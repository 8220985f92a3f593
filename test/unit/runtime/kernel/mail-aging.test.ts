import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MailAged } from "../../../../runtime/kernel/mail-aging.ts";
import { note, work } from "../../../support/script.ts";
import type { ScriptParts, ScriptRef } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

/** A system whose actor `/slow` takes 300 ms for each message. */
function slowActor(parts: ScriptParts = {}): {
  virtual: VirtualSystem;
  slow: ScriptRef;
  events: MailAged[];
  crowd: (count: number) => void;
} {
  const virtual = new VirtualSystem();
  const events: MailAged[] = [];
  virtual.system.mailAging.listen((event) => events.push(event));
  const slow = virtual.spawn("slow", { type: "slow", ...parts });
  const step = work(() => new Promise((resolve) => virtual.clock.after(300, resolve)));
  const crowd = (count: number): void => {
    for (let n = 0; n < count; n++) virtual.tell(slow, step);
  };
  return { virtual, slow, events, crowd };
}

describe("mail that waits for too long", () => {
  it("is told once for its type, with the actor where it is oldest, and once when it is over", async () => {
    const { virtual, events, crowd } = slowActor();
    crowd(100);
    await virtual.advance(10_000);
    assert.deepEqual(events, [], "within its time");
    await virtual.advance(5_000);
    const { oldestAgeMs, depth, ...what } = (events as MailAged[])[0] ?? assert.fail("nothing was told");
    assert.deepEqual(what, { kind: "aging", type: "slow", path: "/slow" });
    assert.ok(oldestAgeMs >= 10_000 && depth > 0);
    assert.equal(virtual.system.mailAging.now().length, 1);
    await virtual.advance(30_000);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["aging", "recovered"],
    );
    assert.deepEqual(virtual.system.mailAging.now(), []);
    assert.deepEqual(
      virtual.events.filter((event) => event.startsWith("mailbox.")),
      ["mailbox.aging", "mailbox.recovered"],
    );
    assert.equal(virtual.node("/slow").restarts, 0, "nobody is restarted for it");
  });

  it("is not told of an actor that may let it wait", async () => {
    const { virtual, events, crowd } = slowActor({ mailWithinMs: Number.POSITIVE_INFINITY });
    crowd(100);
    await virtual.advance(60_000);
    assert.deepEqual(events, []);
  });

  it("is not told when the whole process was held up: it is handled by the next look", async () => {
    const { virtual, slow, events, crowd } = slowActor();
    crowd(6);
    virtual.tell(slow, note("behind"));
    await virtual.advance(100);
    virtual.clock.pause(60_000);
    await virtual.advance(10_000);
    assert.deepEqual(events, []);
    assert.equal(virtual.node("/slow").mailbox.depth, 0);
  });

  it("is not told of an actor that an operator has suspended", async () => {
    const { virtual, events, crowd } = slowActor();
    crowd(10);
    await virtual.settle();
    virtual.system.steering.steer("suspend", { path: "/slow" });
    for (let second = 0; second < 60; second++) {
      await virtual.advance(1_000);
      crowd(1);
    }
    assert.deepEqual(events, []);
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
    const events: MailAged[] = [];
    virtual.system.mailAging.listen((event) => events.push(event));
    const actor = virtual.spawn("a", { mailWithinMs: 3_000 });
    const busy = work(() => virtual.clock.pause(2));
    // It is fed two messages while it handles one.
    for (let round = 0; round < 500; round++) {
      for (let n = 0; n < 16; n++) virtual.tell(actor, busy);
      await virtual.round();
      virtual.clock.advance(0);
    }
    assert.ok(events.some(({ kind }) => kind === "aging"));
  });
});
