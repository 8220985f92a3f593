import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answer, newNotes, note, own, question, script, work } from "../../../support/script.ts";
import { Probe } from "../../../support/probe.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

describe("actor system", () => {
  it("counts its actors, the root included", async () => {
    const world = new VirtualSystem();
    assert.equal(world.system.actorCount, 1);
    const actor = world.spawn("a");
    world.tell(
      actor,
      work((context) => {
        context.spawn(script(), "b");
        context.spawn(script(), "c");
      }),
    );
    await world.settle();
    assert.equal(world.system.actorCount, 4);
    world.tell(
      actor,
      work((context) => context.stopSelf()),
    );
    await world.settle();
    assert.equal(world.system.actorCount, 1);
  });

  it("refuses a name that does not fit into a path, and keeps nothing of it", () => {
    const world = new VirtualSystem();
    for (const name of ["a/b", "a b", "ä"]) assert.throws(() => world.spawn(name), /Invalid argument/);
    assert.equal(world.system.actorCount, 1);
    assert.equal(world.node("/").childCount, 0);
  });

  it("delivers between two systems of one process", async () => {
    const [here, there] = [new VirtualSystem(), new VirtualSystem()];
    const actor = there.spawn("a");
    assert.equal(here.tell(actor, note("from afar")), "accepted");
    const asked = here.ask(
      actor,
      question((context) => context.reply(answer())),
    );
    await there.settle();
    assert.deepEqual(there.notes("/a"), ["from afar"]);
    assert.deepEqual(await asked, answer());
  });

  it("takes the answer of a receiver that is no actor, also one given on the spot", async () => {
    const world = new VirtualSystem();
    const probe = new Probe(script().protocol, "/probe");
    const asked = world.ask(
      probe,
      question(() => {}),
      { deadlineMs: 100 },
    );
    probe.question("question").answer(answer("probed"));
    assert.deepEqual(await asked, answer("probed"));
    probe.verdict = "busy";
    await assert.rejects(
      world.ask(
        probe,
        question(() => {}),
      ),
      { code: "mailboxFull" },
    );
    probe.verdict = "gone";
    await assert.rejects(
      world.ask(
        probe,
        question(() => {}),
      ),
      { code: "actorGone" },
    );
  });

  it("answers no question before the asker has its promise", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const order: string[] = [];
    const asked = world.ask(
      actor,
      question((context) => {
        order.push("handled");
        context.reply(answer());
      }),
    );
    order.push("asked");
    await world.settle();
    await asked;
    assert.deepEqual(order, ["asked", "handled"]);
  });
});

describe("stop of the system", () => {
  it("awaits the afterStop of every actor, empties all deadlines, and may be asked for twice", async () => {
    const world = new VirtualSystem();
    const released: string[] = [];
    for (const name of ["a", "b", "c"]) {
      world.spawn(name, {
        initialState: (_, context) => {
          context.startTimer("far", 1_000_000, own("never"));
          return newNotes();
        },
        afterStop: async () => {
          await Promise.resolve();
          released.push(name);
        },
      });
    }
    const asked = assert.rejects(
      world.ask(
        world.at("/a"),
        question(() => new Promise(() => {})),
        { deadlineMs: 900_000 },
      ),
      {
        code: "actorFailed",
      },
    );
    await world.settle();
    const stops = [world.system.stop(), world.system.stop()];
    await world.advance(5_000);
    await Promise.all([...stops, asked]);
    await world.system.stop();
    assert.deepEqual(released.toSorted(), ["a", "b", "c"]);
    assert.equal(world.system.actorCount, 0);
    assert.equal(world.clock.step(1e9), false, "no platform timer is left");
  });

  it("answers gone to whoever still sends, and refuses whoever still asks", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    await world.system.stop();
    assert.equal(world.tell(actor, note("late")), "gone");
    await assert.rejects(
      world.ask(
        actor,
        question((context) => context.reply(answer())),
      ),
      { code: "actorGone" },
    );
  });

  it("may be asked for by an actor", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    world.tell(
      actor,
      work(() => void world.system.stop()),
    );
    await world.settle();
    assert.equal(world.system.actorCount, 0);
  });
});
