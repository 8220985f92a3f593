import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gate, note, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

describe("dispatcher", () => {
  it("serves many messages of many actors in one macrotask", async () => {
    const world = new VirtualSystem();
    for (let index = 0; index < 50; index++) {
      const actor = world.spawn(`a${index}`);
      for (let count = 0; count < 20; count++) world.tell(actor, note("x"));
    }
    await world.settle();
    assert.equal(world.macrotasks, 1);
    assert.equal(world.notes("/a49").length, 20);
  });

  it("is idle when nothing is queued: it asks for a macrotask only when mail comes", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    assert.equal(world.macrotasks, 0);
    world.tell(actor, note("1"));
    world.tell(actor, note("2"));
    await world.settle();
    assert.equal(world.macrotasks, 1);
  });

  it("lets actors take turns: one with much mail does not hold up the others", async () => {
    const world = new VirtualSystem();
    const order: string[] = [];
    const [busy, other] = [world.spawn("busy"), world.spawn("other")];
    const working = work(() => void order.push("busy"));
    for (let count = 0; count < 100; count++) world.tell(busy, working);
    world.tell(
      other,
      work(() => void order.push("other")),
    );
    await world.settle();
    assert.equal(order.indexOf("other"), 8);
    assert.equal(order.length, 101);
  });

  it("lets go of the event loop when its time budget is spent, and goes on in the next macrotask", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const slow = work((_, state) => {
      world.clock.advance(1);
      state.notes.push("x");
    });
    for (let count = 0; count < 100; count++) world.tell(actor, slow);
    await world.round();
    assert.equal(world.notes("/a").length, 8, "5 ms are over at the first look at the clock");
    await world.settle();
    assert.equal(world.notes("/a").length, 100);
    assert.equal(world.macrotasks, 13);
  });

  it("runs what is queued at once when it is pumped, within the same budget", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    world.tell(actor, note("now"));
    world.system.pump();
    assert.deepEqual(world.notes("/a"), ["now"]);
    const slow = work(() => world.clock.advance(1));
    for (let count = 0; count < 20; count++) world.tell(actor, slow);
    world.system.pump();
    assert.equal(world.node("/a").mailbox.depth, 12);
    await world.settle();
    assert.equal(world.node("/a").mailbox.depth, 0);
  });

  it("does nothing when it is pumped inside a handler", async () => {
    const world = new VirtualSystem();
    const order: string[] = [];
    const [a, b] = [world.spawn("a"), world.spawn("b")];
    world.tell(
      a,
      work((context) => {
        context.tell(
          b,
          work(() => void order.push("b")),
        );
        context.tell(
          context.self,
          work(() => void order.push("a again")),
        );
        world.system.pump();
        order.push("a");
      }),
    );
    await world.settle();
    assert.deepEqual(order, ["a", "a again", "b"]);
  });

  it("hears what is told after an await, when no handler is on the stack", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const [a, b] = [world.spawn("a"), world.spawn("b")];
    world.tell(
      a,
      work(async (context) => {
        await held.opened;
        context.tell(b, note("late"));
      }),
    );
    await world.settle();
    held.open();
    await world.settle();
    assert.deepEqual(world.notes("/b"), ["late"]);
  });

  it("does not serve an actor twice that stops, restarts or sleeps while it is queued", async () => {
    const world = new VirtualSystem();
    const parent = world.spawn("parent");
    const seen: string[] = [];
    const [a, b] = [world.spawn("a"), world.spawn("b")];
    world.tell(
      a,
      work((context) => context.stopSelf()),
    );
    world.tell(
      a,
      work(() => void seen.push("a")),
    );
    world.tell(
      b,
      work(() => new Promise(() => {})),
    );
    world.tell(
      b,
      work(() => void seen.push("b")),
    );
    world.tell(parent, note("fine"));
    await world.settle();
    assert.deepEqual(seen, []);
    assert.deepEqual(world.notes("/parent"), ["fine"]);
    assert.equal(world.node("/b").mailbox.depth, 1);
  });
});
