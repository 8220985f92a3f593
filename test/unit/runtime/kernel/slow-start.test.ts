import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ActorDefinition } from "../../../../runtime/actor/define-actor.ts";
import { beginWork, endWork } from "../../../../runtime/kernel/stall-watch.ts";
import { findCell } from "../../../../runtime/kernel/tree-node.ts";
import { answer, crash, gate, note, own, question, script, work } from "../../../support/script.ts";
import type { ScriptProtocol, ScriptState } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const PROGRESS_MS = 1_000;

/** A scripted actor whose state has to be fetched. */
function fetched(
  fetch: () => Promise<ScriptState>,
  parts: Partial<ActorDefinition<ScriptProtocol>> = {},
): ActorDefinition<ScriptProtocol> {
  return { ...script(), progressWithinMs: PROGRESS_MS, initialState: fetch, ...parts };
}

describe("an actor whose state has to be fetched", () => {
  it("lets its mail wait until the state is there", async () => {
    const virtual = new VirtualSystem();
    const { opened, open } = gate();
    const actor = virtual.system.spawn(
      fetched(() => opened.then(() => ({ notes: ["fetched"] }))),
      "a",
    );
    virtual.tell(actor, note("first"));
    const asked = virtual.ask(
      actor,
      question((context) => context.reply(answer())),
    );
    await virtual.settle();
    assert.equal(virtual.node("/a").state, "starting");
    assert.equal(virtual.node("/a").mailbox.depth, 2);
    open();
    await virtual.settle();
    assert.deepEqual(await asked, answer());
    assert.deepEqual(virtual.notes("/a"), ["fetched", "first"]);
  });

  it("fails as in any handler when it cannot be fetched, and keeps its mail", async () => {
    const virtual = new VirtualSystem();
    let tries = 0;
    const fetch = async (): Promise<ScriptState> => {
      if (++tries === 1) throw new Error("not now");
      return { notes: [] };
    };
    const actor = virtual.system.spawn(fetched(fetch), "a");
    virtual.tell(actor, note("first"));
    await virtual.advance(100);
    assert.deepEqual(virtual.notes("/a"), ["first"]);
    assert.equal(virtual.node("/a").restarts, 1);
  });

  it("has stalled when the fetch makes no progress, and what it brings later is void", async () => {
    const virtual = new VirtualSystem();
    const { opened, open } = gate();
    let tries = 0;
    const fetch = (): Promise<ScriptState> =>
      ++tries === 1 ? opened.then(() => ({ notes: ["late"] })) : Promise.resolve({ notes: ["fresh"] });
    const actor = virtual.system.spawn(fetched(fetch), "a");
    virtual.tell(actor, note("first"));
    await virtual.advance(PROGRESS_MS + 100);
    assert.equal(virtual.system.stalls.total, 1);
    assert.equal(virtual.system.zombies.count, 1);
    open();
    await virtual.settle();
    assert.deepEqual(virtual.notes("/a"), ["fresh", "first"]);
    assert.equal(virtual.system.zombies.count, 0);
  });

  it("stops at once while it is being fetched, and is restarted as any other", async () => {
    const virtual = new VirtualSystem();
    const never = (): Promise<ScriptState> => new Promise(() => {});
    virtual.system.spawn(fetched(never), "a");
    virtual.system.steering.steer("restart", { path: "/a" });
    assert.equal(virtual.node("/a").state, "starting");
    virtual.system.steering.steer("stop", { path: "/a" });
    assert.equal(virtual.system.describe({ path: "/a" }), undefined);
    await virtual.system.stop();
  });

  it("takes no turn when an operator suspends it before its state is there", async () => {
    const virtual = new VirtualSystem();
    const { opened, open } = gate();
    const actor = virtual.system.spawn(
      fetched(() => opened.then(() => ({ notes: [] }))),
      "a",
    );
    virtual.tell(actor, note("first"));
    virtual.system.steering.steer("suspend", { path: "/a" });
    open();
    await virtual.settle();
    assert.equal(virtual.node("/a").state, "suspended");
    virtual.system.steering.steer("resume", { path: "/a" });
    await virtual.settle();
    assert.deepEqual(virtual.notes("/a"), ["first"]);
  });
});

describe("an actor that has begun something outside of its turns", () => {
  const fetchNow = async (): Promise<ScriptState> => ({ notes: [] });

  it("finishes it before its life ends, with its context still in force", async () => {
    const virtual = new VirtualSystem();
    const { opened, open } = gate();
    let late = (): void => {};
    let settled = 0;
    const settle = (): Promise<void> => {
      settled++;
      return opened.then(() => late());
    };
    const actor = virtual.system.spawn(fetched(fetchNow, { settle }), "a");
    const asked = virtual.ask(
      actor,
      question((context) => {
        const later = context.replyLater();
        late = () => later.reply(answer("late"));
      }),
    );
    await virtual.settle();
    virtual.tell(actor, crash);
    await virtual.settle();
    assert.equal(virtual.node("/a").state, "restarting");
    open();
    await virtual.settle();
    assert.deepEqual(await asked, answer("late"));
    late = () => {};
    await virtual.advance(100);
    assert.equal(virtual.node("/a").state, "running");
    virtual.system.steering.steer("stop", { path: "/a" });
    await virtual.settle();
    assert.equal(virtual.system.describe({ path: "/a" }), undefined);
    assert.equal(settled, 2, "each life for itself");
  });

  it("is not waited for longer than a stop may take", async () => {
    const virtual = new VirtualSystem();
    virtual.system.spawn(fetched(fetchNow, { settle: () => new Promise(() => {}), stopWithinMs: 300 }), "a");
    await virtual.settle();
    virtual.system.steering.steer("stop", { path: "/a" });
    await virtual.advance(299);
    assert.equal(virtual.node("/a").state, "stopping");
    await virtual.advance(1);
    assert.equal(virtual.system.describe({ path: "/a" }), undefined);
  });

  it("is a zombie only until that ends, when nobody waited for it", async () => {
    const virtual = new VirtualSystem();
    const { opened, open } = gate();
    virtual.system.spawn(fetched(fetchNow, { settle: () => opened, stopWithinMs: 300 }), "a");
    await virtual.settle();
    virtual.system.steering.steer("stop", { path: "/a" });
    await virtual.advance(300);
    assert.equal(virtual.system.zombies.count, 1);
    open();
    await virtual.settle();
    assert.equal(virtual.system.zombies.count, 0);
  });

  it("stops all the same when finishing fails", async () => {
    const virtual = new VirtualSystem();
    for (const settle of [
      () => Promise.reject(new Error("no")),
      () => {
        throw new Error("no");
      },
    ]) {
      virtual.system.spawn(fetched(fetchNow, { settle }), "a");
      await virtual.settle();
      virtual.system.steering.steer("stop", { path: "/a" });
      await virtual.settle();
      assert.equal(virtual.system.describe({ path: "/a" }), undefined);
    }
    assert.equal(virtual.events.filter((event) => event === "actor.afterStopFailed").length, 2);
  });

  it("has stalled when that makes no progress, unless it is suspended meanwhile", async () => {
    const virtual = new VirtualSystem();
    virtual.system.spawn(script(), "a");
    const cell = findCell(virtual.system.root, "/a")!;
    beginWork(cell, PROGRESS_MS);
    await virtual.advance(PROGRESS_MS - 1);
    beginWork(cell, PROGRESS_MS);
    virtual.system.steering.steer("suspend", { path: "/a" });
    await virtual.advance(10 * PROGRESS_MS);
    virtual.system.steering.steer("resume", { path: "/a" });
    await virtual.advance(PROGRESS_MS - 1);
    assert.equal(virtual.system.stalls.total, 0);
    await virtual.advance(1);
    assert.equal(virtual.system.stalls.recent()[0]?.silence, "work");
    await virtual.advance(100);
    beginWork(cell, PROGRESS_MS);
    endWork(cell);
    await virtual.advance(10 * PROGRESS_MS);
    assert.equal(virtual.system.stalls.total, 1);
  });
});

describe("an actor that has shut its mailbox", () => {
  it("handles what it ordered itself, and the mail once it is open again", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    const cell = findCell(virtual.system.root, "/a")!;
    virtual.tell(
      actor,
      work((context) => {
        context.startTimer("t", 10, own("timer"));
        cell.shut(true);
      }),
    );
    virtual.tell(actor, note("mail"));
    await virtual.advance(20);
    assert.deepEqual(virtual.notes("/a"), ["timer"]);
    cell.shut(false);
    await virtual.settle();
    assert.deepEqual(virtual.notes("/a"), ["timer", "mail"]);
  });

  it("is open again in its next life", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    findCell(virtual.system.root, "/a")!.shut(true);
    virtual.tell(actor, note("mail"));
    await virtual.settle();
    virtual.system.steering.steer("restart", { path: "/a" });
    await virtual.settle();
    assert.deepEqual(virtual.notes("/a"), ["mail"]);
  });
});
