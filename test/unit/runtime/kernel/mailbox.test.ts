import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answer, crash, gate, note, own, question, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

describe("mailbox", () => {
  it("takes exactly mailboxMax messages, and answers busy to the next", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a", { mailboxMax: 3 });
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((n) => world.tell(actor, note(String(n)))),
      ["accepted", "accepted", "accepted", "busy", "busy"],
    );
    assert.equal(world.node("/a").refused, 2);
    await world.settle();
    assert.deepEqual(world.notes("/a"), ["1", "2", "3"]);
    assert.equal(world.tell(actor, note("6")), "accepted");
    await world.settle();
    assert.equal(
      world.system.deadLetters.recent().length,
      0,
      "busy is the sender's answer, not a dead letter",
    );
  });

  it("does not count the message of the running turn against mailboxMax", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const actor = world.spawn("a", { mailboxMax: 1 });
    world.tell(
      actor,
      work(() => held.opened),
    );
    await world.settle();
    assert.equal(world.tell(actor, note("waits")), "accepted");
    assert.equal(world.tell(actor, note("too many")), "busy");
    held.open();
    await world.settle();
    assert.deepEqual(world.notes("/a"), ["waits"]);
  });

  it("refuses a question to a full mailbox at once", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a", { mailboxMax: 1 });
    world.tell(actor, note("first"));
    await assert.rejects(
      world.ask(
        actor,
        question((context) => context.reply(answer())),
      ),
      { code: "mailboxFull" },
    );
    await world.settle();
  });

  it("handles what the actor ordered itself before the mail of others, and never refuses it", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const actor = world.spawn("a", { mailboxMax: 2 });
    world.tell(
      actor,
      work(async (context) => {
        context.startTimer("tick", 10, own("timer"));
        await held.opened;
      }),
    );
    await world.settle();
    world.tell(actor, note("user 1"));
    world.tell(actor, note("user 2"));
    await world.advance(10);
    assert.equal(world.node("/a").mailbox.depth, 3);
    held.open();
    await world.settle();
    assert.deepEqual(world.notes("/a"), ["timer", "user 1", "user 2"]);
  });

  it("stops between two messages, before the mail that waits", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    world.tell(
      actor,
      work((context) => context.stopSelf()),
    );
    world.tell(actor, note("never"));
    await world.settle();
    assert.equal(world.system.describe({ path: "/a" }), undefined);
    assert.equal(world.dead("leftInMailbox"), 1);
  });

  it("answers gone once a stop has begun, and keeps a dead letter", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const actor = world.spawn("a");
    world.tell(
      actor,
      work(async (context) => {
        context.stopSelf();
        await held.opened;
      }),
    );
    await world.settle();
    assert.equal(world.node("/a").state, "stopping");
    assert.equal(world.tell(actor, note("late")), "gone");
    held.open();
    await world.settle();
    assert.equal(world.tell(actor, note("later")), "gone");
    assert.equal(world.dead("actorGone"), 2);
  });

  it("keeps the mail of an actor that crashes, apart from the message that crashed it", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    world.tell(actor, note("before"));
    world.tell(actor, crash);
    world.tell(
      actor,
      work(async () => {
        throw new Error("crash, but later");
      }),
    );
    world.tell(actor, note("after"));
    await world.settle();
    assert.equal(world.node("/a").state, "waiting");
    assert.equal(world.tell(actor, note("meanwhile")), "accepted");
    await world.advance(1_000);
    assert.deepEqual(world.notes("/a"), ["after", "meanwhile"]);
    const { handled, failed, restarts } = world.node("/a");
    assert.deepEqual({ handled, failed, restarts }, { handled: 3, failed: 2, restarts: 2 });
    assert.equal(world.dead("handlerFailed"), 2);
  });

  it("tells how old its oldest mail is, also in a system that was idle for long", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const actor = world.spawn("a", { progressWithinMs: 600_000 });
    world.tell(
      actor,
      work(() => held.opened),
    );
    await world.advance(60_000);
    world.tell(actor, note("fresh"));
    assert.deepEqual(world.node("/a").mailbox, { depth: 1, oldestAgeMs: 0 });
    await world.advance(250);
    world.tell(actor, note("fresher"));
    assert.deepEqual(world.node("/a").mailbox, { depth: 2, oldestAgeMs: 250 });
    held.open();
    await world.settle();
    assert.deepEqual(world.node("/a").mailbox, { depth: 0, oldestAgeMs: 0 });
  });
});
