import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answer, note, own, question, spawns, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

describe("local reference", () => {
  it("never reaches a later actor of the same name", async () => {
    const world = new VirtualSystem();
    const first = world.spawn("a");
    world.tell(
      first,
      work((context) => context.stopSelf()),
    );
    await world.settle();
    const second = world.spawn("a");
    assert.equal(world.tell(first, note("for the first")), "gone");
    await assert.rejects(
      world.ask(
        first,
        question((context) => context.reply(answer())),
      ),
      { code: "actorGone" },
    );
    assert.equal(world.tell(second, note("for the second")), "accepted");
    await world.settle();
    assert.deepEqual(world.notes("/a"), ["for the second"]);
    assert.notEqual(first.address, second.address);
    assert.match(second.address, /^\/a#\d+$/);
  });

  it("stays the same across restarts", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const { incarnation } = world.node("/a");
    world.tell(
      actor,
      work(() => {
        throw new Error("crash");
      }),
    );
    await world.advance(1_000);
    assert.equal(world.tell(actor, note("still here")), "accepted");
    await world.settle();
    assert.deepEqual(world.notes("/a"), ["still here"]);
    assert.equal(world.node("/a").incarnation, incarnation);
  });

  it("does not let a stale reference stop, watch or unwatch a namesake", async () => {
    const world = new VirtualSystem();
    const parent = world.spawn("parent");
    world.tell(parent, spawns({ child: {} }));
    await world.settle();
    const stale = world.at("/parent/child");
    world.tell(
      parent,
      work((context) => context.stopChild(stale)),
    );
    world.tell(parent, spawns({ child: {} }));
    world.tell(
      parent,
      work((context) => {
        context.stopChild(stale);
        context.watch(stale, own("stale is gone"));
        context.watch(context.children().get("child") as typeof stale, own("child is gone"));
        context.unwatch(stale);
      }),
    );
    await world.settle();
    assert.equal(world.node("/parent/child").state, "running");
    assert.deepEqual(world.notes("/parent"), ["stale is gone"]);
    world.tell(
      world.at("/parent/child"),
      work((context) => context.stopSelf()),
    );
    await world.settle();
    assert.deepEqual(world.notes("/parent"), ["stale is gone", "child is gone"]);
  });

  it("refuses a name that a living sibling has, also while it is stopping", async () => {
    const world = new VirtualSystem();
    world.spawn("a", { afterStop: () => new Promise(() => {}) });
    assert.throws(() => world.spawn("a"), { code: "nameTaken" });
    world.tell(
      world.at("/a"),
      work((context) => context.stopSelf()),
    );
    await world.settle();
    assert.throws(() => world.spawn("a"), { code: "nameTaken" });
    await world.advance(5_000);
    world.spawn("a");
  });
});
