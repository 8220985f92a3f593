import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { endOf } from "../../../support/ask-end.ts";
import { answer, gate, question, settled, spawns, work } from "../../../support/script.ts";
import type { Answer, ScriptRef } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const yes = question((context) => context.reply(answer()));

describe("ask cycle", () => {
  it("refuses a question to oneself in the turn that puts it", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const ends = endOf(
      world.ask(
        actor,
        question(async (context) => void (await context.ask(context.self, yes))),
      ),
      world,
    );
    await world.settle();
    assert.equal(ends.cause, "askCycle");
    assert.equal(ends.atMs, 0);
  });

  for (const length of [2, 3, 10]) {
    it(`refuses at once what comes back over ${length} actors`, async () => {
      const world = new VirtualSystem();
      const refs = Array.from({ length }, (_, index) => world.spawn(`a${index}`));
      const ends = endOf(
        world.ask(refs[0] as ScriptRef, question(pass([...refs.slice(1), refs[0] as ScriptRef]))),
        world,
      );
      await world.settle();
      assert.equal(ends.cause, "askCycle");
      assert.equal(ends.atMs, 0);
    });
  }

  it("is none when many ask the same actor in a row", async () => {
    const world = new VirtualSystem();
    const [a, b, c] = ["a", "b", "c"].map((name) => world.spawn(name)) as [ScriptRef, ScriptRef, ScriptRef];
    const asked = world.ask(
      a,
      question(async (context) => {
        await context.ask(b, question(pass([c])));
        await context.ask(c, question(pass([b])));
        context.reply(await context.ask(c, yes));
      }),
    );
    await world.settle();
    assert.deepEqual(await asked, answer());
  });

  it("is none when the first asker's turn has ended: it asks with pipeToSelf", async () => {
    const world = new VirtualSystem();
    const [a, b] = [world.spawn("a"), world.spawn("b")];
    const back = question(async (context) => context.reply(await context.ask(a, yes)));
    world.tell(
      a,
      work((context) => context.pipeToSelf(context.ask(b, back), settled)),
    );
    await world.settle();
    assert.deepEqual(world.notes("/a"), ["ok yes"]);
  });

  it("is none when the first asker is in another turn by then", async () => {
    const world = new VirtualSystem();
    const [a, b] = [world.spawn("a"), world.spawn("b")];
    const held = gate();
    const back = question(async (context) => context.reply(await context.ask(a, yes)));
    world.tell(
      a,
      work((context) => context.pipeToSelf(context.ask(b, back), settled)),
    );
    world.tell(
      a,
      work(() => held.opened),
    );
    await world.settle();
    assert.deepEqual(world.notes("/a"), []);
    held.open();
    await world.settle();
    assert.deepEqual(world.notes("/a"), ["ok yes"]);
  });

  it("is refused when a parent asks a child that asks its parent", async () => {
    const world = new VirtualSystem();
    const parent = world.spawn("parent");
    world.tell(parent, spawns({ child: {} }));
    await world.settle();
    const child = world.at("/parent/child");
    const ends = endOf(world.ask(parent, question(pass([child, parent]))), world);
    await world.settle();
    assert.equal(ends.cause, "askCycle");
  });

  it("goes through an answer that was put off", async () => {
    const world = new VirtualSystem();
    const [a, b] = [world.spawn("a"), world.spawn("b")];
    const ends = endOf(
      world.ask(
        a,
        question(async (context) => {
          const asked = context.ask(
            b,
            question(async (inner) => {
              const duty = inner.replyLater();
              duty.reply(await inner.ask(a, yes));
            }),
          );
          context.reply(await asked);
        }),
      ),
      world,
    );
    await world.settle();
    assert.equal(ends.cause, "askCycle");
  });
});

/** Asks the first of `path`, which asks the next, and hands the last one's answer back. */
function pass(path: readonly ScriptRef[]): Answer {
  const [next, ...rest] = path;
  if (next === undefined) return (context) => context.reply(answer());
  return async (context) => context.reply(await context.ask(next, question(pass(rest))));
}
