import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import { Fault } from "../../../runtime/fault.ts";
import { RegionWorld } from "../../support/region-world.ts";
import type { RegionNode } from "../../support/region-world.ts";
import { AskerProtocol, ListenerOfRegister } from "../../support/register.ts";
import type { Reference } from "../../../protocols/reference.ts";
import type { LocalRef } from "../../../runtime/kernel/local-ref.ts";
import { note as noteOf, script, work } from "../../support/script.ts";
import type { ScriptRef } from "../../support/script.ts";

type ListenerRef = Reference<typeof ListenerOfRegister>;

/** An actor that keeps what it hears, and says so. */
const Listener = defineActor({
  protocol: ListenerOfRegister,
  initialState: (): string[] => [],
  mailboxMax: 5,
  handlers: {
    heard: (texts, { text }) => {
      if (text === "crash") throw new Error("crash");
      texts.push(text);
    },
    what: (texts, _message, context) => context.reply({ kind: "heard", texts: [...texts] }),
  },
  describe: (texts) => ({ texts: [...texts] }),
});

type AskerRef = Reference<typeof AskerProtocol>;

/** Asks others while it answers. */
const Asker = defineActor({
  protocol: AskerProtocol,
  initialState: () => undefined,
  handlers: {
    async round(_state, { by, back }, context) {
      context.reply(await context.ask(by as unknown as AskerRef, { kind: "askBack", back }));
    },
    async askBack(_state, { back }, context) {
      context.reply({
        kind: "ended",
        code: await code(context.ask(back as unknown as AskerRef, { kind: "poke" })),
      });
    },
    poke: (_state, _message, context) => context.reply({ kind: "ended", code: "none" }),
  },
});

/** Two actors, and how one reaches the other. */
interface Setting {
  readonly world: RegionWorld;
  /** Where the sender is. */
  readonly near: RegionNode;
  /** Where the receiver is; the same node for a local reference. */
  readonly far: RegionNode;
  readonly sender: ScriptRef;
  readonly listener: ListenerRef;
  /** The receiver as its own node knows it. */
  readonly itself: ListenerRef;
}

/** What a reference promises, wherever its actor is. */
export function referencesContract(name: string, isFar: boolean): void {
  describe(`a reference to an actor of ${name}`, () => {
    it("tells in order", async () => {
      const { world, near, listener, far, itself } = await setting(isFar);
      for (const text of ["1", "2", "3"]) {
        assert.equal(near.system.tell(listener, { kind: "heard", text }), "accepted");
      }
      await world.advance(50);
      assert.deepEqual(await heard(world, far, itself), ["1", "2", "3"]);
    });

    it("asks", async () => {
      const { world, near, listener } = await setting(isFar);
      near.system.tell(listener, { kind: "heard", text: "word" });
      const asked = near.system.ask(listener, { kind: "what" });
      await world.advance(50);
      assert.deepEqual((await asked).texts, ["word"]);
    });

    it("ends a question with the fault that the receiver's end is", async () => {
      const { world, near, far, listener, itself } = await setting(isFar);
      (itself as unknown as LocalRef).cell.stop();
      await world.advance(50);
      const asked = code(near.system.ask(listener, { kind: "what" }));
      await world.advance(50);
      assert.equal(await asked, "actorGone");
      assert.ok((far.system.deadLetters.counts.get("actorGone") ?? 0) >= 1);
    });

    it("never reaches a namesake", async () => {
      const { world, near, far, listener, itself } = await setting(isFar);
      (itself as unknown as LocalRef).cell.stop();
      await world.advance(50);
      const namesake = far.system.spawn(Listener, "listener");
      near.system.tell(listener, { kind: "heard", text: "stray" });
      await world.advance(50);
      assert.deepEqual(await heard(world, far, namesake), []);
    });

    it("reports a stop exactly once, and at once when it was before", async () => {
      const { world, near, sender, listener, itself } = await setting(isFar);
      near.system.tell(
        sender,
        work((context) => context.watch(listener, noteOf("stopped"))),
      );
      await world.advance(50);
      assert.deepEqual(notes(near), []);
      (itself as unknown as LocalRef).cell.stop();
      await world.advance(50);
      assert.deepEqual(notes(near), ["stopped"]);
      near.system.tell(
        sender,
        work((context) => context.watch(listener, noteOf("again"))),
      );
      await world.advance(50);
      assert.deepEqual(notes(near), ["stopped", "again"]);
    });

    it("reports nothing to who has ended his watch", async () => {
      const { world, near, sender, listener, itself } = await setting(isFar);
      near.system.tell(
        sender,
        work((context) => context.watch(listener, noteOf("stopped"))),
      );
      await world.advance(50);
      near.system.tell(
        sender,
        work((context) => context.unwatch(listener)),
      );
      await world.advance(50);
      (itself as unknown as LocalRef).cell.stop();
      await world.advance(50);
      assert.deepEqual(notes(near), []);
      assert.equal(near.remote.counts.watches, 0);
    });

    it("refuses a question that comes back to an actor which waits for its answer", async () => {
      const { world, near, far } = await setting(isFar);
      const middle = far.system.spawn(Asker, "middle");
      const self = near.system.spawn(Asker, "self");
      const by = isFar ? near.remote.reference(far.incarnation, middle.address, AskerProtocol) : middle;
      const message = { kind: "round", by, back: self } as never;
      const asked: Promise<unknown> = near.system.ask(self, message);
      await world.advance(50);
      assert.deepEqual(await asked, { kind: "ended", code: "askCycle" });
    });
  });
}

async function setting(isFar: boolean): Promise<Setting> {
  const world = new RegionWorld();
  const [near, other] = await world.start("a", "b");
  assert.ok(near !== undefined && other !== undefined);
  const far = isFar ? other : near;
  const itself = far.system.spawn(Listener, "listener");
  const sender = near.system.spawn(script(), "sender");
  const { address } = itself;
  const listener = isFar ? near.remote.reference(far.incarnation, address, ListenerOfRegister) : itself;
  return { world, near, far, sender, listener, itself };
}

function notes(node: RegionNode): unknown {
  return node.system.describe({ path: "/sender" })?.details?.["notes"];
}

async function heard(
  world: RegionWorld,
  node: RegionNode,
  listener: ListenerRef,
): Promise<readonly string[]> {
  const asked = node.system.ask(listener, { kind: "what" });
  await world.advance(50);
  return (await asked).texts;
}

async function code(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return "answered";
  } catch (error) {
    assert.ok(error instanceof Fault);
    return error.code;
  }
}
