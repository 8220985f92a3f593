import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  crash,
  gate,
  newNotes,
  note,
  own,
  script as childDefinition,
  settled,
  work,
} from "../../../support/script.ts";
import type { ScriptParts } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

describe("restart", () => {
  it("builds the state anew, from the arguments of the spawn, after releasing the old one", async () => {
    const world = new VirtualSystem();
    const ends: string[] = [];
    const actor = world.spawn("a", {
      afterStop: ({ notes }, _, reason) =>
        void ends.push(`${notes.join()} ${reason} at ${world.clock.nowMs()}`),
    });
    world.tell(actor, note("old"));
    world.tell(actor, crash);
    await world.advance(99);
    assert.deepEqual(ends, ["old restarting at 0"]);
    assert.equal(world.node("/a").state, "waiting");
    await world.advance(1);
    assert.equal(world.node("/a").state, "running");
    assert.deepEqual(world.notes("/a"), []);
    const { restarts, failed, lastFailure } = world.node("/a");
    assert.deepEqual({ restarts, failed }, { restarts: 1, failed: 1 });
    assert.deepEqual(
      { message: lastFailure?.message, kind: lastFailure?.kind, atMs: lastFailure?.atMs },
      { message: "crash", kind: "work", atMs: 0 },
    );
  });

  it("waits twice as long each time, spread by chance, up to the maximum", async () => {
    const world = new VirtualSystem({
      random: () => 0.5,
      supervision: {
        budget: { max: 10, withinMs: 60_000 },
        backoff: { minMs: 100, maxMs: 500, jitter: 0.5 },
      },
    });
    const lives: number[] = [];
    world.spawn("a", {
      initialState: (_, context) => {
        lives.push(context.nowMs());
        throw new Error("not yet");
      },
    });
    await world.advance(1_500);
    // 75 % of 100, 200, 400, 500 and 500.
    assert.deepEqual(lives, [0, 75, 225, 525, 900, 1_275]);
  });

  it("is quick again once the window has passed", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    for (const wait of [100, 200]) {
      world.tell(actor, crash);
      await world.advance(wait - 1);
      assert.equal(world.node("/a").state, "waiting");
      await world.advance(1);
      assert.equal(world.node("/a").state, "running");
    }
    await world.advance(60_000);
    world.tell(actor, crash);
    await world.advance(100);
    assert.equal(world.node("/a").state, "running");
  });

  it("after an initialState that throws: the actor is in the tree, its mail waits for the life that works", async () => {
    const world = new VirtualSystem();
    let lives = 0;
    const actor = world.spawn("a", {
      initialState: () => {
        if (++lives < 3) throw new Error("not yet");
        return newNotes();
      },
    });
    assert.equal(world.node("/a").state, "waiting");
    assert.equal(world.tell(actor, note("kept")), "accepted");
    await world.advance(1_000);
    assert.equal(lives, 3);
    assert.deepEqual(world.notes("/a"), ["kept"]);
  });

  it("never storms: an initialState that always throws runs at most as often as the budget says", async () => {
    const failures: unknown[] = [];
    const world = new VirtualSystem({ onFailure: (error) => failures.push(error) });
    let lives = 0;
    world.spawn("a", {
      initialState: () => {
        lives++;
        throw new Error("never");
      },
    });
    await world.advance(600_000);
    assert.equal(lives, 6, "the first life and five restarts");
    assert.equal(failures.length, 1);
  });

  it("stops all children of the failed actor before its next life starts them again", async () => {
    const world = new VirtualSystem();
    const order: string[] = [];
    const held = gate();
    const child: ScriptParts = {
      initialState: () => {
        order.push("child starts");
        return newNotes();
      },
      afterStop: async () => {
        await held.opened;
        order.push("child ends");
      },
    };
    const parent = world.spawn("parent", {
      initialState: (_, context) => {
        order.push("parent starts");
        context.spawn(childDefinition(child), "child");
        return newNotes();
      },
      afterStop: () => void order.push("parent ends"),
    });
    world.tell(parent, crash);
    await world.advance(1_000);
    assert.equal(world.node("/parent").state, "restarting");
    held.open();
    await world.advance(1_000);
    assert.deepEqual(order, [
      "parent starts",
      "child starts",
      "child ends",
      "parent ends",
      "parent starts",
      "child starts",
    ]);
    assert.equal(world.node("/parent/child").state, "running");
  });

  it("stops the children that a failed initialState had started", async () => {
    const world = new VirtualSystem();
    let lives = 0;
    world.spawn("parent", {
      initialState: (_, context) => {
        context.spawn(childDefinition({}), "child");
        if (++lives === 1) throw new Error("half built");
        return newNotes();
      },
    });
    assert.equal(world.system.describe({ path: "/parent/child" }), undefined);
    await world.advance(100);
    assert.equal(world.node("/parent/child").state, "running");
    assert.equal(world.system.actorCount, 3);
  });

  it("goes on without waiting longer when afterStop hangs, throws or rejects", async () => {
    const world = new VirtualSystem();
    const ways: Record<string, NonNullable<ScriptParts["afterStop"]>> = {
      hangs: () => new Promise(() => {}),
      throws: () => {
        throw new Error("cannot");
      },
      rejects: () => Promise.reject(new Error("cannot")),
    };
    for (const [name, afterStop] of Object.entries(ways)) {
      world.tell(world.spawn(name, { afterStop, stopWithinMs: 1_000 }), crash);
    }
    await world.advance(100);
    assert.deepEqual(
      Object.keys(ways).map((name) => world.node(`/${name}`).state),
      ["restarting", "running", "running"],
    );
    await world.advance(1_000);
    assert.equal(world.node("/hangs").state, "running");
  });

  it("is not ended early by an afterStop of an earlier life that ends late", async () => {
    const world = new VirtualSystem();
    const gates = [gate(), gate()];
    let ends = 0;
    const actor = world.spawn("a", {
      stopWithinMs: 1_000,
      afterStop: () => gates[ends++]?.opened ?? Promise.resolve(),
    });
    world.tell(actor, crash);
    await world.advance(1_100);
    world.tell(actor, crash);
    await world.settle();
    assert.equal(world.node("/a").state, "restarting");
    gates[0]?.open();
    await world.advance(500);
    assert.equal(world.node("/a").state, "restarting", "the second afterStop has not ended");
    gates[1]?.open();
    await world.advance(200);
    assert.equal(world.node("/a").state, "running");
  });

  it("leaves an afterStop whose time was up no effect on the next life", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const codes: unknown[] = [];
    const actor = world.spawn("a", {
      stopWithinMs: 10,
      afterStop: async (_, context) => {
        await held.opened;
        try {
          context.spawn(childDefinition({}), "late");
        } catch (error) {
          codes.push((error as { code?: unknown }).code);
        }
      },
    });
    world.tell(actor, crash);
    await world.advance(20);
    assert.equal(world.node("/a").state, "waiting");
    held.open();
    await world.advance(1_000);
    assert.deepEqual(codes, ["staleTurn"]);
    assert.equal(world.node("/a").childCount, 0);
  });

  it("drops what was piped to the life before", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const actor = world.spawn("a");
    world.tell(
      actor,
      work((context) =>
        context.pipeToSelf(held.opened, () => {
          throw new Error("not even asked for a message");
        }),
      ),
    );
    world.tell(actor, crash);
    await world.advance(1_000);
    held.open();
    await world.settle();
    assert.deepEqual(world.notes("/a"), []);
    assert.equal(world.node("/a").failed, 1);
  });

  it("follows when pipeToSelf cannot make its message, also amid a turn, whose message is recorded", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    world.tell(
      actor,
      work((context) => {
        context.pipeToSelf(Promise.resolve(), () => {
          throw new Error("no message");
        });
        return new Promise(() => {});
      }),
    );
    world.tell(actor, note("kept"));
    await world.advance(1_000);
    assert.equal(world.node("/a").lastFailure?.message, "no message");
    assert.deepEqual(world.notes("/a"), ["kept"]);
    assert.equal(world.dead("turnRevoked"), 1);
  });

  it("follows whatever is thrown, error or not", async () => {
    const world = new VirtualSystem({ supervision: { budget: { max: 100, withinMs: 1 } } });
    const actor = world.spawn("a");
    const thrown: unknown[] = ["text", undefined, null, 0, Symbol("symbol"), Object.create(null), () => {}];
    for (const value of thrown) {
      world.tell(
        actor,
        work(() => {
          throw value;
        }),
      );
      world.tell(
        actor,
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors
        work(() => Promise.reject(value)),
      );
    }
    const piped: unknown = Object.create(null);
    world.tell(
      actor,
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      work((context) => context.pipeToSelf(Promise.reject(piped), settled)),
    );
    world.tell(actor, note("alive"));
    await world.advance(60_000);
    assert.equal(world.node("/a").failed, thrown.length * 2);
    assert.ok(world.notes("/a").includes("alive"));
    assert.equal(world.notes("/a").length, 2, "the rejection came as an outcome");
  });

  it("is not done for a temporary actor", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a", { restart: "temporary" });
    world.tell(actor, crash);
    world.tell(actor, note("left"));
    await world.settle();
    assert.equal(world.system.describe({ path: "/a" }), undefined);
    assert.deepEqual([world.dead("handlerFailed"), world.dead("leftInMailbox")], [1, 1]);
    assert.ok(world.events.includes("actor.gaveUp"));
  });

  it("does not wait for a turn that was running on the stack and then turned out to be async", async () => {
    const world = new VirtualSystem();
    const parent = world.spawn("parent", { supervision: { budget: { max: 0, withinMs: 1 } } });
    world.tell(
      parent,
      work((context) => {
        // The child fails at once and escalates: its parent, amid this turn, is to be restarted.
        context.spawn(childDefinition(broken), "broken");
        assert.throws(() => context.spawn(childDefinition({}), "other"), { code: "staleTurn" });
        return new Promise(() => {});
      }),
    );
    world.tell(parent, note("kept"));
    await world.advance(1_000);
    assert.equal(world.node("/parent").state, "running");
    assert.deepEqual(world.notes("/parent"), ["kept"]);
    assert.equal(world.node("/parent").childCount, 0);
  });

  it("may be decided while initialState is on the stack", async () => {
    const world = new VirtualSystem();
    let lives = 0;
    const ends: string[] = [];
    world.spawn("parent", {
      supervision: { budget: { max: 0, withinMs: 1 } },
      initialState: (_, context) => {
        if (++lives === 1) context.spawn(childDefinition(broken), "broken");
        context.startTimer("t", 50, own(`life ${lives}`));
        return { notes: [`life ${lives}`] };
      },
      afterStop: ({ notes }) => void ends.push(...notes),
    });
    await world.advance(1_000);
    assert.deepEqual(ends, ["life 1"]);
    assert.deepEqual(world.notes("/parent"), ["life 2", "life 2"]);
  });
});

const broken: ScriptParts = {
  initialState: () => {
    throw new Error("broken");
  },
};
