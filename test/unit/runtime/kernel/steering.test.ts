import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SteeringAct } from "../../../../runtime/kernel/steering.ts";
import { endOf } from "../../../support/ask-end.ts";
import { answer, crash, gate, newNotes, note, own, question, spawns, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const PROGRESS_MS = 1_000;

function steer(virtual: VirtualSystem, act: SteeringAct, path: string): string | undefined {
  const { matched, done, refused } = virtual.system.steering.steer(act, { path });
  assert.equal(matched, 1);
  assert.equal(done + refused.length, 1);
  return refused[0]?.reason;
}

describe("a suspended actor", () => {
  it("takes no turns and keeps its mail, its timers too, until it is resumed", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    virtual.tell(
      actor,
      work((context) => context.startTimer("t", 10, own("timer"))),
    );
    await virtual.settle();
    assert.equal(steer(virtual, "suspend", "/a"), undefined);
    assert.equal(virtual.tell(actor, note("waited")), "accepted");
    await virtual.advance(60_000);
    assert.deepEqual(virtual.notes("/a"), []);
    assert.equal(virtual.node("/a").state, "suspended");
    assert.equal(virtual.node("/a").mailbox.depth, 2);
    assert.equal(steer(virtual, "resume", "/a"), undefined);
    await virtual.settle();
    assert.deepEqual(virtual.notes("/a"), ["timer", "waited"]);
    assert.equal(virtual.node("/a").state, "running");
  });

  it("answers busy beyond its bound, as ever", () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { mailboxMax: 2 });
    steer(virtual, "suspend", "/a");
    const verdicts = ["1", "2", "3"].map((text) => virtual.tell(actor, note(text)));
    assert.deepEqual(verdicts, ["accepted", "accepted", "busy"]);
  });

  it("lets an open turn end, with its effects, and begins no other", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    const { opened, open } = gate();
    virtual.tell(
      actor,
      work(async (_context, state) => {
        await opened;
        state.notes.push("ended");
      }),
    );
    virtual.tell(actor, note("next"));
    await virtual.settle();
    steer(virtual, "suspend", "/a");
    open();
    await virtual.settle();
    assert.deepEqual(virtual.notes("/a"), ["ended"]);
  });

  it("is blamed for no silence: its deadlines stand still where they stood", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS, heartbeat: { everyMs: 5_000 } });
    virtual.tell(
      actor,
      work(() => new Promise<void>(() => {})),
    );
    await virtual.advance(600);
    steer(virtual, "suspend", "/a");
    await virtual.advance(600_000);
    assert.equal(virtual.system.stalls.total, 0);
    assert.equal(virtual.node("/a").pulse.openTurn?.leftMs, 400);
    assert.equal(virtual.node("/a").pulse.heartbeat?.leftMs, 9_400);
    steer(virtual, "resume", "/a");
    await virtual.advance(399);
    assert.equal(virtual.system.stalls.total, 0);
    await virtual.advance(1);
    assert.equal(virtual.system.stalls.total, 1, "what was left before it was suspended is left now");
  });

  it("that beats has its whole time again", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    const { opened, open } = gate();
    virtual.tell(
      actor,
      work(async (context) => {
        await opened;
        context.beat("on my way");
        await new Promise(() => {});
      }),
    );
    await virtual.advance(900);
    steer(virtual, "suspend", "/a");
    open();
    await virtual.settle();
    assert.equal(virtual.node("/a").pulse.openTurn?.leftMs, PROGRESS_MS);
  });

  it("may have suspended itself: the turn in which it did goes on, and no deadline runs", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: PROGRESS_MS });
    const { opened, open } = gate();
    virtual.tell(
      actor,
      work(async (_context, { notes }) => {
        steer(virtual, "suspend", "/a");
        await opened;
        notes.push("went on");
      }),
    );
    await virtual.advance(60 * PROGRESS_MS);
    assert.equal(virtual.system.stalls.total, 0);
    assert.equal(virtual.node("/a").pulse.openTurn?.leftMs, PROGRESS_MS);
    open();
    await virtual.settle();
    assert.deepEqual(virtual.notes("/a"), ["went on"]);
    assert.equal(virtual.node("/a").handled, 1, "it was not given up");
  });

  it("stays suspended in its next life when it fails meanwhile", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    const { opened, open } = gate();
    virtual.tell(
      actor,
      work(() => opened.then(() => assert.fail("late"))),
    );
    await virtual.settle();
    steer(virtual, "suspend", "/a");
    virtual.tell(actor, note("waits"));
    open();
    await virtual.advance(1_000);
    assert.equal(virtual.node("/a").restarts, 1);
    assert.equal(virtual.node("/a").state, "suspended");
    assert.deepEqual(virtual.notes("/a"), []);
    steer(virtual, "resume", "/a");
    await virtual.settle();
    assert.deepEqual(virtual.notes("/a"), ["waits"]);
  });

  it("still decides about its children, and can be stopped", async () => {
    const virtual = new VirtualSystem();
    const parent = virtual.spawn("parent");
    virtual.tell(parent, spawns({ child: {} }));
    await virtual.settle();
    steer(virtual, "suspend", "/parent");
    virtual.tell(virtual.at("/parent/child"), crash);
    await virtual.advance(1_000);
    assert.equal(virtual.node("/parent/child").restarts, 1);
    steer(virtual, "stop", "/parent");
    assert.equal(virtual.system.describe({ path: "/parent" }), undefined);
  });
});

describe("an operator's restart", () => {
  it("begins a new life at once, on the same mailbox, and charges no budget", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    for (let turn = 0; turn < 20; turn++) {
      virtual.tell(actor, note("kept"));
      assert.equal(steer(virtual, "restart", "/a"), undefined);
    }
    await virtual.settle();
    const { state, restarts, failed, budgets } = virtual.node("/a");
    assert.deepEqual({ state, restarts, failed }, { state: "running", restarts: 20, failed: 0 });
    assert.equal(budgets.crash.left, budgets.crash.max);
    assert.equal(virtual.notes("/a").length, 20);
  });

  it("gives up the open turn, whose message is a dead letter and whose question fails", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    const end = endOf(
      virtual.ask(
        actor,
        question(() => new Promise(() => {})),
      ),
      virtual,
    );
    await virtual.settle();
    steer(virtual, "restart", "/a");
    await virtual.settle();
    assert.equal(end.code, "actorFailed");
    assert.equal(virtual.dead("turnRevoked"), 1);
    assert.equal(virtual.node("/a").state, "running");
  });

  it("ends a back-off", async () => {
    const virtual = new VirtualSystem();
    let lives = 0;
    const actor = virtual.spawn("a", {
      initialState: () => {
        lives++;
        return newNotes();
      },
    });
    virtual.tell(actor, crash);
    await virtual.settle();
    assert.equal(virtual.node("/a").state, "waiting");
    steer(virtual, "restart", "/a");
    assert.equal(virtual.node("/a").state, "running");
    await virtual.advance(60_000);
    assert.equal(lives, 2, "the back-off that was ended does not begin another life");
  });

  it("is refused to who has one life only, and to who restarts already", async () => {
    const virtual = new VirtualSystem();
    virtual.spawn("temporary", { restart: "temporary" });
    virtual.spawn("slow", { afterStop: () => new Promise(() => {}) });
    assert.match(steer(virtual, "restart", "/temporary") ?? "", /temporary/);
    assert.equal(steer(virtual, "restart", "/slow"), undefined);
    assert.match(steer(virtual, "restart", "/slow") ?? "", /restarting already/);
    await virtual.settle();
  });

  it("whose initialState throws is the supervisor's business: at most the budget of further lives", async () => {
    const virtual = new VirtualSystem();
    let lives = 0;
    virtual.spawn("a", {
      initialState: () => {
        if (++lives > 1) throw new Error("cannot begin");
        return newNotes();
      },
    });
    steer(virtual, "restart", "/a");
    await virtual.advance(600_000);
    assert.equal(lives, 2 + 5, "one that an operator wanted, then the budget");
  });
});

describe("a draining actor", () => {
  it("takes nothing new, finishes what it has, and stops", async () => {
    const virtual = new VirtualSystem();
    const done: string[] = [];
    const actor = virtual.spawn("a", { afterStop: ({ notes }) => void done.push(...notes) });
    const { opened, open } = gate();
    virtual.tell(
      actor,
      work(() => opened),
    );
    virtual.tell(actor, note("behind"));
    await virtual.settle();
    assert.equal(steer(virtual, "drain", "/a"), undefined);
    assert.equal(virtual.node("/a").state, "draining");
    assert.equal(virtual.tell(actor, note("new")), "busy");
    await virtual.advance(5_000);
    assert.equal(virtual.node("/a").state, "draining", "its turn is open");
    open();
    await virtual.advance(100);
    assert.equal(virtual.system.describe({ path: "/a" }), undefined);
    assert.deepEqual(done, ["behind"]);
  });

  it("tells who asks that it may be tried elsewhere or later, in words", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    steer(virtual, "drain", "/a");
    const asked = virtual.ask(
      actor,
      question((context) => context.reply(answer())),
    );
    await assert.rejects(asked, { code: "actorDraining", retryable: true, httpStatus: 503 });
  });

  it("waits for the answers that it owes and for what it has set aside", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    let reply = (): void => {};
    const asked = virtual.ask(
      actor,
      question((context) => {
        const later = context.replyLater();
        reply = () => later.reply(answer("later"));
      }),
      { deadlineMs: 20_000 },
    );
    await virtual.settle();
    steer(virtual, "drain", "/a");
    await virtual.advance(1_000);
    assert.equal(virtual.node("/a").state, "draining");
    reply();
    assert.deepEqual(await asked, answer("later"));
    await virtual.advance(100);
    assert.equal(virtual.system.describe({ path: "/a" }), undefined);
  });

  it("is stopped when it does not come to an end, and the log says so", async () => {
    const virtual = new VirtualSystem();
    virtual.tell(
      virtual.spawn("a", { progressWithinMs: Number.POSITIVE_INFINITY }),
      work(() => new Promise(() => {})),
    );
    await virtual.settle();
    steer(virtual, "drain", "/a");
    await virtual.advance(29_000);
    assert.equal(virtual.node("/a").state, "draining", "its turn is open");
    await virtual.advance(7_000);
    assert.equal(virtual.system.describe({ path: "/a" }), undefined);
    assert.deepEqual(virtual.events.slice(0, 2), ["operator.acted", "actor.stopTimedOut"]);
  });

  it("goes on draining after a crash", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    const { opened, open } = gate();
    virtual.tell(
      actor,
      work(() => opened.then(() => assert.fail("crash"))),
    );
    let handled = 0;
    virtual.tell(
      actor,
      work(() => void handled++),
    );
    await virtual.settle();
    steer(virtual, "drain", "/a");
    open();
    await virtual.advance(1_000);
    assert.equal(handled, 1);
    assert.equal(virtual.system.describe({ path: "/a" }), undefined);
  });

  it("is not to be had of one that is suspended", () => {
    const virtual = new VirtualSystem();
    virtual.spawn("a");
    steer(virtual, "suspend", "/a");
    assert.match(steer(virtual, "drain", "/a") ?? "", /suspended/);
  });
});

describe("steering", () => {
  it("by type reaches all actors of it, wherever they stand, and no others", async () => {
    const virtual = new VirtualSystem();
    virtual.tell(
      virtual.spawn("parent", { type: "room" }),
      spawns({ x: { type: "room" }, y: { type: "desk" } }),
    );
    virtual.spawn("other", { type: "room" });
    await virtual.settle();
    const { matched, done, refused } = virtual.system.steering.steer("suspend", { type: "room" });
    assert.deepEqual({ matched, done, refused }, { matched: 3, done: 3, refused: [] });
    const states = ["/parent", "/parent/x", "/parent/y", "/other"].map((path) => virtual.node(path).state);
    assert.deepEqual(states, ["suspended", "suspended", "running", "suspended"]);
  });

  it("matches nobody where nobody is, and never the root", () => {
    const { steering } = new VirtualSystem().system;
    assert.equal(steering.steer("stop", { path: "/nobody" }).matched, 0);
    assert.equal(steering.steer("stop", { type: "nobody" }).matched, 0);
    assert.match(steering.steer("stop", { path: "/" }).refused[0]?.reason ?? "", /whole node/);
  });

  it("ends nobody whom the node needs, and has it do all else", async () => {
    const virtual = new VirtualSystem();
    virtual.spawn("desk", { essential: true });
    for (const act of ["stop", "drain"] as const) {
      assert.match(steer(virtual, act, "/desk") ?? "", /would not come back/);
    }
    for (const act of ["suspend", "resume", "restart"] as const) {
      assert.equal(steer(virtual, act, "/desk"), undefined);
    }
    await virtual.settle();
    assert.equal(virtual.node("/desk").state, "running");
  });

  it("is told in the log, once for each act", () => {
    const virtual = new VirtualSystem();
    for (const name of ["a", "b"]) virtual.spawn(name, { type: "room" });
    steer(virtual, "suspend", "/a");
    virtual.system.steering.steer("suspend", { type: "room" });
    virtual.system.steering.steer("stop", { path: "/nobody" });
    const acted = virtual.log.lines.filter(({ event }) => event === "operator.acted");
    assert.deepEqual(
      acted.map(({ fields }) => fields),
      [
        { act: "suspend", target: "/a", reached: 1 },
        { act: "suspend", target: "type room", reached: 1 },
      ],
    );
  });

  it("finds an actor by its path as it is, and as it reads", () => {
    const virtual = new VirtualSystem();
    virtual.spawn("live$2ffinal");
    virtual.spawn("live$242ffinal");
    for (const path of ["/live$2ffinal", "/live/final", "live/final"]) {
      assert.equal(virtual.system.why(path)?.actor.path, "/live$2ffinal");
    }
    assert.equal(virtual.system.describe({ path: "/live/other" }), undefined);
    assert.equal(virtual.system.describe({ path: "/live" }), undefined);
  });

  it("says so when there is nothing to do", () => {
    const virtual = new VirtualSystem();
    virtual.spawn("a");
    assert.match(steer(virtual, "resume", "/a") ?? "", /not suspended/);
    steer(virtual, "suspend", "/a");
    assert.match(steer(virtual, "suspend", "/a") ?? "", /already/);
    virtual.spawn("b", { afterStop: () => new Promise(() => {}) });
    steer(virtual, "stop", "/b");
    assert.match(steer(virtual, "suspend", "/b") ?? "", /stopping/);
  });

  it("names at most a hundred of those that were left", () => {
    const virtual = new VirtualSystem();
    for (let n = 0; n < 150; n++) virtual.spawn(`a${n}`, { restart: "temporary" });
    const { matched, done, refused } = virtual.system.steering.steer("restart", { type: "script" });
    assert.deepEqual([matched, done, refused.length], [150, 0, 100]);
  });
});
