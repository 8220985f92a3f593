import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { endOf } from "../../../support/ask-end.ts";
import { answer, gate, question, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const yes = question((context) => context.reply(answer()));
const never = question(() => new Promise(() => {}));

const crashing = question(() => {
  throw new Error("crash");
});

describe("ask", () => {
  it("resolves with the answer, from a sync and from an async handler", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const sync = world.ask(actor, yes);
    const later = world.ask(
      actor,
      question(async (context) => {
        await Promise.resolve();
        context.reply(answer("late"));
      }),
    );
    await world.settle();
    assert.deepEqual(await Promise.all([sync, later]), [answer(), answer("late")]);
  });

  it("rejects at its deadline, not before and not after", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const ends = endOf(world.ask(actor, never, { deadlineMs: 100 }), world);
    const defaultEnds = endOf(world.ask(world.spawn("b"), never), world);
    await world.advance(99);
    assert.equal(ends.code, undefined);
    await world.advance(1);
    assert.deepEqual({ ...ends }, { code: "askTimeout", atMs: 100 });
    await world.advance(4_900);
    assert.deepEqual({ ...defaultEnds }, { code: "askTimeout", atMs: 5_000 });
  });

  it("is not handled when it expired while it waited", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const actor = world.spawn("a");
    world.tell(
      actor,
      work(() => held.opened),
    );
    let isHandled = false;
    const ends = endOf(
      world.ask(
        actor,
        question(() => {
          isHandled = true;
        }),
        { deadlineMs: 10 },
      ),
      world,
    );
    await world.advance(10);
    assert.equal(ends.code, "askTimeout");
    held.open();
    await world.settle();
    assert.equal(isHandled, false);
    assert.equal(world.dead("askEnded"), 1);
  });

  it("counts an answer that comes too late", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const actor = world.spawn("a");
    const ends = endOf(
      world.ask(
        actor,
        question(async (context) => {
          await held.opened;
          context.reply(answer());
        }),
        { deadlineMs: 10 },
      ),
      world,
    );
    await world.advance(10);
    held.open();
    await world.settle();
    assert.equal(ends.code, "askTimeout");
    assert.equal(world.dead("lateReply"), 1);
    assert.equal(world.node("/a").failed, 0);
  });

  it("rejects at once when the handler ends without an answer", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const sync = endOf(
      world.ask(
        actor,
        question(() => {}),
      ),
      world,
    );
    const later = endOf(
      world.ask(
        actor,
        question(async () => {}),
      ),
      world,
    );
    await world.settle();
    assert.deepEqual([sync.code, later.code], ["noReply", "noReply"]);
    assert.equal(world.node("/a").failed, 0);
  });

  it("rejects at once when the handler fails, with what it threw as the cause", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const cause = new Error("broken");
    const asked = [
      world.ask(
        actor,
        question(() => {
          throw cause;
        }),
      ),
      world.ask(
        actor,
        question(() => Promise.reject(cause)),
      ),
    ];
    const rejections = asked.map((promise) => assert.rejects(promise, { code: "actorFailed", cause }));
    await world.advance(100);
    await Promise.all(rejections);
  });

  it("fails a second answer to a question as the bug that it is", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const asked = world.ask(
      actor,
      question((context) => {
        context.reply(answer("first"));
        context.reply(answer("second"));
      }),
    );
    await world.settle();
    assert.deepEqual(await asked, answer("first"));
    assert.equal(world.node("/a").failed, 1);
    assert.match(world.node("/a").lastFailure?.message ?? "", /answers a question twice/);
  });

  it("lets a later turn answer with replyLater, once, and keeps the deadline", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const duties: { reply: (reply: ReturnType<typeof answer>) => void }[] = [];
    const later = question((context) => void duties.push(context.replyLater()));
    const answered = world.ask(actor, later);
    const expired = endOf(world.ask(actor, later, { deadlineMs: 50 }), world);
    await world.settle();
    world.tell(
      actor,
      work(() => duties[0]?.reply(answer("done"))),
    );
    await world.settle();
    assert.deepEqual(await answered, answer("done"));
    assert.throws(() => duties[0]?.reply(answer("again")), TypeError);
    await world.advance(50);
    assert.equal(expired.code, "askTimeout");
    duties[1]?.reply(answer("too late"));
    assert.equal(world.dead("lateReply"), 1);
  });

  it("loses the right to answer later with the life that had it", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    let duty: { reply: (reply: ReturnType<typeof answer>) => void } | undefined;
    const ends = endOf(
      world.ask(
        actor,
        question((context) => {
          duty = context.replyLater();
        }),
      ),
      world,
    );
    const waiting = endOf(world.ask(actor, crashing), world);
    await world.advance(100);
    assert.deepEqual([ends.code, waiting.code], ["actorFailed", "actorFailed"]);
    assert.throws(() => duty?.reply(answer()), { code: "staleTurn" });
    assert.equal(world.node("/a").restarts, 1);
  });

  it("keeps questions that wait in the mailbox for the next life", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const crashed = endOf(world.ask(actor, crashing), world);
    const kept = world.ask(actor, yes);
    await world.advance(1_000);
    assert.equal(crashed.code, "actorFailed");
    assert.deepEqual(await kept, answer());
  });

  it("fails at once when the target stops, however long its afterStop takes", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a", { afterStop: () => new Promise(() => {}) });
    const held = gate();
    world.tell(
      actor,
      work(() => held.opened),
    );
    const waiting = endOf(world.ask(actor, yes), world);
    await world.settle();
    const stopped = world.system.stop();
    await world.settle();
    assert.deepEqual({ ...waiting }, { code: "actorGone", atMs: 0 });
    held.open();
    await world.advance(5_000);
    await stopped;
    assert.equal(world.dead("leftInMailbox"), 1);
  });

  it("fails at once when its answer was put off and the target has stopped", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const ends = endOf(
      world.ask(
        actor,
        question((context) => void context.replyLater()),
      ),
      world,
    );
    await world.settle();
    world.tell(
      actor,
      work((context) => context.stopSelf()),
    );
    await world.settle();
    assert.equal(ends.code, "actorGone");
  });

  it("may still be answered by the turn that is running when a stop begins", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const actor = world.spawn("a");
    const asked = world.ask(
      actor,
      question(async (context) => {
        context.stopSelf();
        await held.opened;
        context.reply(answer("last words"));
      }),
    );
    await world.settle();
    held.open();
    await world.settle();
    assert.deepEqual(await asked, answer("last words"));
  });

  it("knows no answer for a kind that nobody handles", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    for (const kind of ["constructor", "__proto__", "toString", "unheard"]) {
      const ends = endOf(world.ask(actor, { kind, run: yes.run } as never), world);
      await world.settle();
      assert.equal(ends.code, "unhandledKind");
    }
    assert.equal(world.dead("unhandledKind"), 4);
    assert.equal(world.node("/a").failed, 0);
  });

  it("leaves no deadline behind once it has ended", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    for (let index = 0; index < 100; index++) {
      const asked = world.ask(actor, yes, { deadlineMs: 1_000 });
      await world.settle();
      await asked;
    }
    assert.equal(world.clock.step(1_000), true, "one platform timer for all");
    assert.equal(world.clock.step(1_000_000), false);
  });
});
