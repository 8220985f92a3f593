import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crash, gate, newNotes, own, work } from "../../../support/script.ts";
import type { ScriptContext } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const starting = (name: string, delayMs: number, text = name) =>
  work((context) => context.startTimer(name, delayMs, own(text)));
const stopping = (name: string) => work((context) => context.stopTimer(name));

describe("named timer", () => {
  it("sends its message once, when its time has come", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    world.tell(actor, starting("t", 100));
    await world.advance(99);
    assert.deepEqual(world.notes("/a"), []);
    await world.advance(1);
    assert.deepEqual(world.notes("/a"), ["t"]);
    await world.advance(10_000);
    assert.deepEqual(world.notes("/a"), ["t"]);
  });

  it("replaces a running timer of the same name, and leaves the others alone", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    world.tell(actor, starting("t", 100, "old"));
    world.tell(actor, starting("u", 100));
    await world.advance(50);
    world.tell(actor, starting("t", 100, "new"));
    await world.advance(99);
    assert.deepEqual(world.notes("/a"), ["u"]);
    await world.advance(1);
    assert.deepEqual(world.notes("/a"), ["u", "new"]);
  });

  it("can be stopped, also when there is none", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    world.tell(actor, stopping("t"));
    world.tell(actor, starting("t", 100));
    world.tell(actor, stopping("t"));
    await world.advance(1_000);
    assert.deepEqual(world.notes("/a"), []);
    assert.equal(world.node("/a").failed, 0);
  });

  for (const [how, act] of [
    ["stopped", (context: ScriptContext) => context.stopTimer("t")],
    ["replaced", (context: ScriptContext) => context.startTimer("t", 1_000, own("new"))],
  ] as const) {
    it(`is not handled when it was ${how} after it fired but before its turn`, async () => {
      const world = new VirtualSystem();
      const held = gate();
      const actor = world.spawn("a");
      world.tell(
        actor,
        work(async (context) => {
          context.startTimer("t", 10, own("old"));
          await held.opened;
          act(context);
        }),
      );
      await world.advance(10);
      assert.equal(world.node("/a").mailbox.depth, 1);
      held.open();
      await world.advance(500);
      assert.deepEqual(world.notes("/a"), []);
      await world.advance(500);
      assert.deepEqual(world.notes("/a"), how === "replaced" ? ["new"] : []);
    });
  }

  it("can start itself again from its own handler", async () => {
    const world = new VirtualSystem();
    const beats: number[] = [];
    const actor = world.spawn("a");
    world.tell(
      actor,
      work(function beat(context) {
        beats.push(context.nowMs());
        if (beats.length < 4) context.startTimer("beat", 10, work(beat));
      }),
    );
    await world.advance(100);
    assert.deepEqual(beats, [0, 10, 20, 30]);
  });

  it("does not survive a restart, neither before it fired nor after", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const actor = world.spawn("a");
    world.tell(
      actor,
      work(async (context) => {
        context.startTimer("fired", 10, own("fired"));
        context.startTimer("running", 500, own("running"));
        await held.opened;
        throw new Error("crash");
      }),
    );
    await world.advance(10);
    held.open();
    await world.advance(10_000);
    assert.equal(world.node("/a").restarts, 1);
    assert.deepEqual(world.notes("/a"), []);
  });

  it("of the new life is not mistaken for one of the old", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a", {
      initialState: (_, context) => {
        context.startTimer("t", 1_000, own("t"));
        return newNotes();
      },
    });
    await world.advance(500);
    world.tell(actor, crash);
    await world.advance(1_000);
    assert.deepEqual(world.notes("/a"), []);
    await world.advance(100);
    assert.deepEqual(world.notes("/a"), ["t"]);
  });

  it("that afterStop starts ends with it", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a", {
      afterStop: (_, context) => {
        context.startTimer("t", 500, own("of the past"));
        context.watch(context.self, own("of the past"));
      },
    });
    world.tell(actor, crash);
    await world.advance(10_000);
    assert.equal(world.node("/a").restarts, 1);
    assert.deepEqual(world.notes("/a"), []);
    await world.system.stop();
    assert.equal(world.clock.step(1_000_000), false);
  });

  it("leaves nothing behind once it was handled, whatever the number of names", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    for (let index = 0; index < 100; index++) world.tell(actor, starting(`t-${index}`, 10));
    await world.advance(10);
    assert.equal(world.notes("/a").length, 100);
    assert.equal(world.system.root.children.get("a")?.extras?.timers?.size ?? 0, 0);
  });
});
