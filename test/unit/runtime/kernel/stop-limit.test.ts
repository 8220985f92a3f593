import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crash, gate, question, spawns, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const hang = work(() => new Promise(() => {}));

describe("limit of a stop", () => {
  for (const [what, message] of [
    ["a turn that hangs", hang],
    [
      "a turn that stops its actor and then hangs",
      work((context) => {
        context.stopSelf();
        return new Promise(() => {});
      }),
    ],
  ] as const) {
    it(`waits for ${what} only within its limit`, async () => {
      const world = new VirtualSystem();
      const released: number[] = [];
      const actor = world.spawn("a", {
        stopWithinMs: 100,
        afterStop: () => void released.push(world.clock.nowMs()),
      });
      world.tell(actor, message);
      await world.settle();
      const stopped = world.system.stop();
      await world.advance(99);
      assert.deepEqual(released, []);
      await world.advance(1);
      await stopped;
      assert.deepEqual(released, [100]);
      assert.deepEqual(
        world.log.lines
          .filter(({ event }) => event === "actor.stopTimedOut")
          .map(({ fields }) => fields["step"]),
        ["turn"],
      );
    });
  }

  it("records the message of a turn that was given up", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a", { stopWithinMs: 100 });
    const asked = assert.rejects(
      world.ask(
        actor,
        question(() => new Promise(() => {})),
      ),
      { code: "actorFailed" },
    );
    await world.settle();
    const stopped = world.system.stop();
    await world.advance(100);
    await stopped;
    await asked;
    assert.deepEqual(
      world.system.deadLetters.recent().map(({ kind, reason }) => ({ kind, reason })),
      [{ kind: "question", reason: "turnRevoked" }],
    );
  });

  it("does not blame a turn that ended in time when only the children take long", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const parent = world.spawn("parent", { stopWithinMs: 100 });
    world.tell(parent, spawns({ slow: { stopWithinMs: 1_000, afterStop: () => new Promise(() => {}) } }));
    world.tell(
      parent,
      work(() => held.opened),
    );
    await world.settle();
    const stopped = world.system.stop();
    held.open();
    await world.advance(999);
    assert.ok(!world.events.includes("actor.stopTimedOut"));
    await world.advance(1);
    await stopped;
    assert.deepEqual(
      world.log.lines
        .filter(({ event }) => event === "actor.stopTimedOut")
        .map(({ fields }) => fields["path"]),
      ["/parent/slow"],
    );
  });

  it("awaits afterStop within its limit when it hangs", async () => {
    const world = new VirtualSystem();
    world.spawn("a", { afterStop: () => new Promise(() => {}) });
    let isStopped = false;
    void world.system.stop().then(() => {
      isStopped = true;
    });
    await world.advance(4_999);
    assert.equal(isStopped, false);
    await world.advance(1);
    assert.equal(isStopped, true);
  });

  for (const [how, afterStop] of [
    [
      "throws",
      () => {
        throw new Error("cannot release");
      },
    ],
    ["rejects", () => Promise.reject(new Error("cannot release"))],
  ] as const) {
    it(`goes on when afterStop ${how}, once, and says so`, async () => {
      const world = new VirtualSystem();
      let calls = 0;
      world.spawn("a", {
        afterStop: () => {
          calls++;
          return afterStop();
        },
      });
      await world.system.stop();
      assert.equal(calls, 1);
      assert.ok(world.events.includes("actor.afterStopFailed"));
    });
  }

  it("survives an afterStop that rejects after its time was up", async () => {
    const world = new VirtualSystem();
    const held = gate();
    world.spawn("a", {
      stopWithinMs: 10,
      afterStop: async () => {
        await held.opened;
        throw new Error("too late");
      },
    });
    const stopped = world.system.stop();
    await world.advance(10);
    await stopped;
    held.open();
    await world.settle();
    assert.ok(world.events.includes("actor.afterStopFailed"));
  });

  it("keeps its limit when it comes while afterStop of a restart hangs", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a", { stopWithinMs: 100, afterStop: () => new Promise(() => {}) });
    world.tell(actor, crash);
    await world.advance(50);
    const stopped = world.system.stop();
    await world.advance(50);
    await stopped;
    assert.equal(world.clock.nowMs(), 100);
  });
});
