import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../../../runtime/fault.ts";
import { endOf } from "../../../support/ask-end.ts";
import { answer, gate, note, question, script, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const PROGRESS_MS = 1_000;
const forever = work(() => new Promise<void>(() => {}));

describe("an actor whose turn makes no progress", () => {
  it("is given a new life on the same mailbox, and its message is tried again", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    let tries = 0;
    virtual.tell(
      actor,
      work((_context, state) => {
        tries++;
        if (tries === 1) return new Promise<void>(() => {});
        state.notes.push("done");
        return undefined;
      }),
    );
    virtual.tell(actor, note("next"));
    await virtual.advance(PROGRESS_MS - 1);
    assert.equal(virtual.system.stalls.total, 0);
    await virtual.advance(101);
    assert.equal(virtual.system.stalls.total, 1);
    await virtual.settle();
    assert.deepEqual(virtual.notes("/a"), ["done", "next"], "in the order in which they were sent");
    assert.equal(virtual.node("/a").restarts, 1);
    assert.ok(virtual.events.includes("actor.stalled"));
  });

  it("is left alone as long as it beats, and the tree shows its last word", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    const { opened, open } = gate();
    let beat = (_note: string): void => {};
    virtual.tell(
      actor,
      work(async (context) => {
        beat = (word) => context.beat(word);
        await opened;
      }),
    );
    for (let step = 0; step < 10; step++) {
      await virtual.advance(PROGRESS_MS - 1);
      beat(`page ${step}`);
    }
    assert.equal(virtual.node("/a").pulse.lastBeat?.note, "page 9");
    open();
    await virtual.advance(10 * PROGRESS_MS);
    assert.equal(virtual.system.stalls.total, 0);
    assert.equal(virtual.node("/a").handled, 1);
  });

  it("is not blamed for time in which the process was stopped", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    virtual.tell(actor, forever);
    await virtual.advance(PROGRESS_MS / 2);
    virtual.clock.pause(30_000);
    await virtual.advance(PROGRESS_MS / 4);
    assert.equal(virtual.system.stalls.total, 0, "a paused process blames nobody");
    await virtual.advance(PROGRESS_MS / 2);
    assert.equal(virtual.system.stalls.total, 1, "but silence that is its own still counts");
  });

  it("has the effects of its late turn refused and counted, and its zombie buried when it ends", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    const { opened, open } = gate();
    let late: unknown;
    let tries = 0;
    virtual.tell(
      actor,
      work(async (context) => {
        if (++tries > 1) return;
        await opened;
        try {
          context.tell(actor, note("too late"));
        } catch (error) {
          late = error;
        }
      }),
    );
    await virtual.advance(PROGRESS_MS + 200);
    const zombies = virtual.system.zombies
      .byType()
      .map(({ type, count, oldestMs }) => [type, count, oldestMs]);
    assert.deepEqual(zombies, [["script", 1, 200]]);
    open();
    await virtual.settle();
    assert.ok(late instanceof Fault && late.code === "staleTurn");
    assert.equal(virtual.system.zombies.count, 0);
    assert.deepEqual(virtual.notes("/a"), []);
  });

  it("is not waited for when it is not started anew: its turn is void at once, and its message counted once", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS, restart: "temporary" });
    const { opened, open } = gate();
    let late: unknown;
    virtual.tell(
      actor,
      work(async (context) => {
        await opened;
        try {
          context.tell(actor, note("too late"));
        } catch (error) {
          late = error;
        }
      }),
    );
    await virtual.advance(PROGRESS_MS);
    assert.equal(virtual.system.describe({ path: "/a" }), undefined, "it is gone");
    open();
    await virtual.settle();
    assert.ok(late instanceof Fault && late.code === "staleTurn");
    assert.equal(virtual.dead("leftInMailbox"), 1);
    assert.equal(virtual.system.zombies.count, 0);
  });

  it("has its signal aborted, so that what can be cancelled is", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    let signal: AbortSignal | undefined;
    virtual.tell(
      actor,
      work((context) => {
        signal ??= context.signal;
        return signal.aborted ? undefined : new Promise<void>(() => {});
      }),
    );
    await virtual.advance(PROGRESS_MS);
    assert.equal(signal?.aborted, true);
  });
});

describe("a message that stalls its actor again and again", () => {
  it("goes into quarantine at the third strike, and the mail behind it is handled", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    virtual.tell(actor, forever);
    virtual.tell(actor, note("behind"));
    await virtual.advance(10 * PROGRESS_MS);
    assert.equal(virtual.system.stalls.total, 3);
    assert.deepEqual(virtual.notes("/a"), ["behind"]);
    const [held] = virtual.system.quarantine.entries();
    assert.equal(held?.path, "/a");
    assert.equal(held?.handler, "script.work");
    assert.equal(held?.strikes, 3);
    assert.equal(held?.message, forever);
    assert.match(held?.fingerprint ?? "", /^[0-9a-f]{16}$/);
  });

  it("is forgiven its strikes by a try that succeeds, so that one sent many times is not judged for all of them", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    let tries = 0;
    const flaky = work(() => (++tries % 2 === 1 ? new Promise<void>(() => {}) : Promise.resolve()));
    for (let sent = 0; sent < 3; sent++) {
      virtual.tell(actor, flaky);
      await virtual.advance(5 * PROGRESS_MS);
    }
    assert.equal(virtual.system.stalls.total, 3);
    assert.equal(virtual.node("/a").handled, 3);
    assert.deepEqual(virtual.system.quarantine.entries(), []);
  });

  it("is handled after all when an operator replays it to a better handler", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    let isMended = false;
    virtual.tell(
      actor,
      work((_context, state) => {
        if (!isMended) return new Promise<void>(() => {});
        state.notes.push("mended");
        return undefined;
      }),
    );
    await virtual.advance(10 * PROGRESS_MS);
    const [held] = virtual.system.quarantine.entries();
    assert.ok(held !== undefined);
    isMended = true;
    assert.equal(virtual.system.replay(held), "accepted");
    await virtual.settle();
    assert.deepEqual(virtual.notes("/a"), ["mended"]);
    assert.deepEqual(virtual.system.quarantine.entries(), []);
  });

  it("may be a question: when it is replayed, its handler answers although nobody listens any more", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    let isMended = false;
    const asked = virtual.ask(
      actor,
      question((context, state) => {
        if (!isMended) return new Promise<void>(() => {});
        context.reply(answer("mended"));
        state.notes.push("answered");
        return undefined;
      }),
    );
    const end = endOf(asked, virtual);
    await virtual.advance(10 * PROGRESS_MS);
    assert.equal(end.code, "actorStalled");
    const [held] = virtual.system.quarantine.entries();
    assert.ok(held !== undefined);
    isMended = true;
    assert.equal(virtual.system.replay(held), "accepted");
    await virtual.settle();
    assert.deepEqual(virtual.notes("/a"), ["answered"]);
    assert.equal(virtual.node("/a").restarts, 3, "no more than the three stalls have cost");
  });

  it("keeps its question open over the tries, and fails it in quarantine", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    const asked = virtual.ask(
      actor,
      question(() => new Promise<void>(() => {})),
      { deadlineMs: 60_000 },
    );
    const end = endOf(asked, virtual);
    await virtual.advance(2 * PROGRESS_MS);
    assert.equal(end.code, undefined, "still open");
    await virtual.advance(8 * PROGRESS_MS);
    assert.equal(end.code, "actorStalled");
  });

  it("answers when a later try succeeds", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    let tries = 0;
    const asked = virtual.ask(
      actor,
      question((context) => {
        if (++tries === 1) return new Promise<void>(() => {});
        context.reply(answer("second try"));
        return undefined;
      }),
      { deadlineMs: 60_000 },
    );
    await virtual.advance(2 * PROGRESS_MS);
    assert.equal((await asked).value, "second try");
  });
});

describe("a heartbeat duty", () => {
  it("that is met keeps the actor; a missed one restarts it although it has no mail", async () => {
    const virtual = new VirtualSystem();
    let lives = 0;
    const puller = virtual.spawn("puller", {
      heartbeat: { everyMs: 10_000, grace: 1 },
      initialState: () => {
        lives++;
        return { notes: [] };
      },
    });
    for (let step = 0; step < 5; step++) {
      await virtual.advance(15_000);
      virtual.tell(
        puller,
        work((context) => context.beat()),
      );
    }
    assert.equal(lives, 1);
    await virtual.advance(20_100);
    assert.equal(lives, 2);
    assert.equal(virtual.system.stalls.recent(1)[0]?.silence, "heartbeat");
  });

  it("ends with the actor", async () => {
    const virtual = new VirtualSystem();
    const puller = virtual.spawn("puller", { heartbeat: { everyMs: 1_000 } });
    virtual.tell(
      puller,
      work((context) => context.stopSelf()),
    );
    await virtual.advance(60_000);
    assert.equal(virtual.system.stalls.total, 0);
  });
});

describe("the stall budget", () => {
  it("is apart from the budget for crashes, and escalates when it is spent", async () => {
    const virtual = new VirtualSystem();
    const supervision = { budget: { max: 0, withinMs: 60_000 }, stallBudget: { max: 2, withinMs: 600_000 } };
    virtual.system.spawn(
      script({
        supervision,
        initialState: (_args, context) => {
          context.spawn(script({ progressWithinMs: PROGRESS_MS }), "child");
          return { notes: [] };
        },
      }),
      "supervisor",
    );
    const child = virtual.at("/supervisor/child");
    virtual.tell(child, forever);
    await virtual.advance(2.5 * PROGRESS_MS);
    assert.equal(virtual.node("/supervisor").failed, 0, "two stalls are within the stall budget");
    await virtual.advance(2 * PROGRESS_MS);
    assert.equal(virtual.node("/supervisor").failed, 1);
  });
});
