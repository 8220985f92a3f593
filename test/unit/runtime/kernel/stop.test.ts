import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crash, gate, newNotes, note, own, script, spawns, work } from "../../../support/script.ts";
import type { ScriptParts } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const stopSelf = work((context) => context.stopSelf());

describe("stop", () => {
  it("stops children first, the latest started first, and the actor itself last", async () => {
    const world = new VirtualSystem();
    const order: string[] = [];
    const parent = world.spawn("parent", logging(order, "parent"));
    world.tell(
      parent,
      spawns({
        first: logging(order, "first"),
        second: logging(order, "second"),
        third: logging(order, "third"),
      }),
    );
    await world.settle();
    world.tell(world.at("/parent/second"), spawns({ grandchild: logging(order, "grandchild") }));
    await world.settle();
    world.tell(parent, stopSelf);
    await world.settle();
    assert.deepEqual(order, ["third", "grandchild", "second", "first", "parent"]);
  });

  it("waits for the afterStop of each child before its own", async () => {
    const world = new VirtualSystem();
    const order: string[] = [];
    const held = gate();
    const parent = world.spawn("parent", logging(order, "parent"));
    world.tell(parent, spawns({ quick: logging(order, "quick"), slow: { afterStop: () => held.opened } }));
    world.tell(parent, stopSelf);
    await world.settle();
    assert.deepEqual(order, ["quick"]);
    assert.equal(world.node("/parent").state, "stopping");
    held.open();
    await world.settle();
    assert.deepEqual(order, ["quick", "parent"]);
    assert.equal(world.system.actorCount, 1);
  });

  it("lets the running handler end, in a sync turn and in an async one", async () => {
    const world = new VirtualSystem();
    const done: string[] = [];
    const parent = world.spawn("parent");
    world.tell(
      parent,
      work((context) => {
        context.stopSelf();
        context.tell(world.at("/parent"), note("nobody hears it"));
        done.push("sync");
      }),
    );
    const held = gate();
    const other = world.spawn("other", { afterStop: ({ notes }) => void done.push(...notes) });
    world.tell(
      other,
      work(async (_, state) => {
        await held.opened;
        state.notes.push("async");
      }),
    );
    await world.settle();
    const stopped = world.system.stop();
    await world.settle();
    held.open();
    await stopped;
    assert.deepEqual(done, ["sync", "async"]);
  });

  it("aborts the signal of a running turn at once, so that it can end early", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const heard: string[] = [];
    world.tell(
      actor,
      work(async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        heard.push((signal.reason as { code: string }).code);
      }),
    );
    await world.settle();
    await world.system.stop();
    assert.deepEqual(heard, ["staleTurn"]);
    assert.equal(world.clock.nowMs(), 0);
  });

  it("hands an aborted signal to a turn that looks for it only after the stop began", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const actor = world.spawn("a");
    const seen: boolean[] = [];
    world.tell(
      actor,
      work(async (context) => {
        await held.opened;
        seen.push(context.signal.aborted);
      }),
    );
    await world.settle();
    const stopped = world.system.stop();
    held.open();
    await stopped;
    assert.deepEqual(seen, [true]);
  });

  it("gives afterStop a signal of its own, aborted when its time is up", async () => {
    const world = new VirtualSystem();
    const seen: AbortSignal[] = [];
    world.spawn("a", {
      stopWithinMs: 100,
      afterStop: (_, { signal }) => {
        seen.push(signal);
        return new Promise(() => {});
      },
    });
    const stopped = world.system.stop();
    await world.advance(99);
    assert.deepEqual(
      seen.map(({ aborted }) => aborted),
      [false],
    );
    await world.advance(1);
    await stopped;
    assert.equal(seen[0]?.aborted, true);
  });

  it("ends the back-off before a restart", async () => {
    const world = new VirtualSystem();
    const lives: number[] = [];
    const actor = world.spawn("a", {
      initialState: (_, context) => {
        lives.push(context.nowMs());
        return newNotes();
      },
    });
    world.tell(actor, crash);
    world.tell(actor, note("left"));
    await world.settle();
    assert.equal(world.node("/a").state, "waiting");
    await world.system.stop();
    await world.advance(60_000);
    assert.deepEqual(lives, [0]);
    assert.equal(world.dead("leftInMailbox"), 1);
  });

  it("may come from initialState: the actor never handles a message, and its state is released", async () => {
    const world = new VirtualSystem();
    const released: string[] = [];
    const actor = world.spawn("a", {
      initialState: (_, context) => {
        context.stopSelf();
        context.startTimer("t", 10, own("never"));
        return { notes: ["built"] };
      },
      afterStop: ({ notes }, _, reason) => void released.push(...notes, reason),
    });
    assert.equal(world.tell(actor, note("never")), "gone");
    await world.advance(1_000);
    assert.deepEqual(released, ["built", "stopping"]);
    assert.equal(world.system.actorCount, 1);
  });

  it("from an initialState that then throws is a stop all the same", async () => {
    const world = new VirtualSystem();
    world.spawn("a", {
      initialState: (_, context) => {
        context.stopSelf();
        throw new Error("and broken");
      },
    });
    await world.advance(60_000);
    assert.equal(world.system.actorCount, 1);
  });

  it("wins over a crash in the same turn", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    world.tell(
      actor,
      work((context) => {
        context.stopSelf();
        throw new Error("last words");
      }),
    );
    await world.advance(60_000);
    assert.equal(world.system.describe({ path: "/a" }), undefined);
    assert.equal(world.dead("handlerFailed"), 1);
  });

  it("leaves others than children alone", async () => {
    const world = new VirtualSystem();
    const [a, b] = [world.spawn("a"), world.spawn("b")];
    world.tell(
      a,
      work((context) => context.stopChild(b)),
    );
    await world.settle();
    assert.equal(world.node("/b").state, "running");
    assert.equal(world.node("/a").failed, 0);
  });

  it("refuses new children to an actor whose life is ending, also while it restarts", async () => {
    const world = new VirtualSystem();
    const refused: unknown[] = [];
    const tryToSpawn: NonNullable<ScriptParts["afterStop"]> = (_, context) => {
      try {
        context.spawn(script(), "late");
      } catch (error) {
        refused.push((error as { code?: unknown }).code);
      }
    };
    const actor = world.spawn("a", { afterStop: tryToSpawn });
    world.tell(actor, crash);
    await world.advance(1_000);
    assert.equal(world.node("/a").restarts, 1);
    assert.equal(world.node("/a").childCount, 0);
    await world.system.stop();
    assert.deepEqual(refused, ["staleTurn", "staleTurn"]);
    assert.throws(() => world.spawn("b"), { code: "systemStopping" });
  });
});

function logging(order: string[], name: string): ScriptParts {
  return { afterStop: () => void order.push(name) };
}
