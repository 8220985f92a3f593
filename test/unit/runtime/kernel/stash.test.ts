import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answer, crash, note, question, work } from "../../../support/script.ts";
import type { ScriptContext, ScriptState } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

/** Work that is put aside until the actor is open, and then noted. */
const whenOpen = (text: string) =>
  work((context, state) => {
    if (isOpen(state)) state.notes.push(text);
    else context.stash();
  });
const open = work((context: ScriptContext, state: ScriptState) => {
  state.notes.push("open");
  context.unstashAll();
});
const isOpen = ({ notes }: ScriptState): boolean => notes.includes("open");

describe("stash", () => {
  it("puts messages back in front of the mailbox, oldest first", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    for (const text of ["1", "2", "3"]) world.tell(actor, whenOpen(text));
    world.tell(actor, open);
    world.tell(actor, whenOpen("4"));
    await world.settle();
    assert.deepEqual(world.notes("/a"), ["open", "1", "2", "3", "4"]);
  });

  it("keeps the order when what was put back is put aside again", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    for (const text of ["1", "2", "3"]) world.tell(actor, whenOpen(text));
    world.tell(
      actor,
      work((context) => context.unstashAll()),
    );
    world.tell(actor, whenOpen("4"));
    world.tell(actor, open);
    await world.settle();
    assert.deepEqual(world.notes("/a"), ["open", "1", "2", "3", "4"]);
  });

  it("holds at most stashMax messages", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a", { stashMax: 2 });
    const codes: unknown[] = [];
    for (let index = 0; index < 3; index++) {
      world.tell(
        actor,
        work((context) => {
          try {
            context.stash();
          } catch (error) {
            codes.push((error as { code?: unknown }).code);
          }
        }),
      );
    }
    await world.settle();
    assert.deepEqual(codes, ["stashFull"]);
  });

  it("takes a message once, however often a turn says so", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    let turns = 0;
    world.tell(
      actor,
      work((context, state) => {
        turns++;
        if (isOpen(state)) return;
        context.stash();
        assert.throws(() => context.stash(), TypeError);
      }),
    );
    world.tell(actor, open);
    await world.settle();
    assert.equal(turns, 2);
  });

  it("lets a question wait without ending it, until its turn or its deadline", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const asking = question((context, state) => {
      if (isOpen(state)) context.reply(answer());
      else context.stash();
    });
    const answered = world.ask(actor, asking);
    const expired = assert.rejects(world.ask(actor, asking, { deadlineMs: 100 }), { code: "askTimeout" });
    await world.advance(100);
    await expired;
    world.tell(actor, open);
    await world.settle();
    assert.deepEqual(await answered, answer());
    assert.equal(world.dead("askEnded"), 1);
    assert.equal(world.node("/a").failed, 0);
  });

  it("gives what it holds to the next life, in front of the mailbox", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const asked = world.ask(
      actor,
      question((context) => {
        if (world.node("/a").restarts > 0) context.reply(answer("in the next life"));
        else context.stash();
      }),
    );
    world.tell(
      actor,
      work((context, state) => {
        if (world.node("/a").restarts > 0) state.notes.push("stashed");
        else context.stash();
      }),
    );
    world.tell(actor, crash);
    world.tell(actor, note("waiting"));
    await world.advance(1_000);
    assert.deepEqual(await asked, answer("in the next life"));
    assert.deepEqual(world.notes("/a"), ["stashed", "waiting"]);
    assert.equal(world.node("/a").restarts, 1);
  });

  it("keeps a message that was put aside by a turn that then failed, once and without a dead letter", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    world.tell(
      actor,
      work((context, state) => {
        if (world.node("/a").restarts > 0) return void state.notes.push("kept");
        context.stash();
        throw new Error("crash");
      }),
    );
    await world.advance(1_000);
    assert.deepEqual(world.notes("/a"), ["kept"]);
    assert.equal(world.system.deadLetters.recent().length, 0);
  });

  it("ends in the dead letters when its actor stops", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const asked = assert.rejects(
      world.ask(
        actor,
        question((context) => context.stash()),
      ),
      { code: "actorGone" },
    );
    world.tell(actor, whenOpen("never"));
    world.tell(
      actor,
      work((context) => context.stopSelf()),
    );
    await world.settle();
    await asked;
    assert.equal(world.dead("leftInMailbox"), 2);
  });

  it("is for messages only: outside of a turn it is refused in words", async () => {
    const world = new VirtualSystem();
    world.spawn("a", {
      initialState: (_, context) => {
        context.stash();
        return { notes: [] };
      },
    });
    assert.match(world.node("/a").lastFailure?.message ?? "", /no message is being handled/);
  });
});
