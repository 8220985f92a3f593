import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crash, note, script, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const forever = work(() => new Promise<void>(() => {}));

describe("why an actor is as it is", () => {
  it("has its latest failures with stacks, newest first and no more than five", async () => {
    const virtual = new VirtualSystem({ supervision: { budget: { max: 100, withinMs: 1_000 } } });
    const actor = virtual.spawn("a");
    for (let n = 1; n <= 7; n++) {
      virtual.tell(
        actor,
        work(() => assert.fail(`failure ${n}`)),
      );
      await virtual.advance(20_000);
    }
    const failures = virtual.system.why("/a")?.failures ?? [];
    assert.deepEqual(
      failures.map(({ message, cause, kind }) => ({ message, cause, kind })),
      [7, 6, 5, 4, 3].map((n) => ({ message: `failure ${n}`, cause: "crash", kind: "work" })),
    );
    assert.match(failures[0]?.stack ?? "", /why\.test/);
  });

  it("has its stalls, strikes, quarantined messages and zombies", async () => {
    const virtual = new VirtualSystem();
    virtual.tell(virtual.spawn("a", { progressWithinMs: 1_000 }), forever);
    virtual.tell(virtual.spawn("b", { progressWithinMs: 1_000 }), forever);
    await virtual.advance(2_500);
    const { actor, failures, stalls, quarantined, zombies } = virtual.system.why("/a") ?? assert.fail();
    assert.deepEqual(actor.strikes, { kind: "work", count: 2 });
    assert.deepEqual([failures.map(({ cause }) => cause), stalls.length], [["stall", "stall"], 2]);
    assert.deepEqual([quarantined, zombies], [0, 2]);
    await virtual.advance(10_000);
    const later = virtual.system.why("/a");
    assert.deepEqual([later?.quarantined, later?.zombies, later?.actor.strikes], [1, 3, undefined]);
  });

  it("has what its supervisor would do, and what it still forgives", async () => {
    const virtual = new VirtualSystem();
    const supervision = {
      strategy: "allForOne",
      budget: { max: 3, withinMs: 60_000 },
      whenExhausted: "stop",
    } as const;
    virtual.spawn("parent", {
      supervision,
      initialState: (_args, context) => {
        for (const name of ["x", "y"]) context.spawn(script({ progressWithinMs: 1_000 }), name);
        return { notes: [] };
      },
    });
    virtual.tell(virtual.at("/parent/x"), crash);
    await virtual.advance(1_000);
    const why = virtual.system.why("/parent/y");
    assert.equal(why?.supervisor?.path, "/parent");
    assert.equal(why.supervisor.whenExhausted, "stop");
    assert.equal(why.actor.budgets.crash.left, 2, "all for one: the siblings share it");
    assert.equal(virtual.node("/parent").supervision.strategy, "allForOne");
    virtual.tell(virtual.at("/parent/x"), forever);
    await virtual.advance(2_000);
    const { budgets } = virtual.node("/parent/y");
    assert.deepEqual([budgets.crash.left, budgets.stall.left, budgets.stall.max], [2, 4, 5]);
    await virtual.advance(60_000);
    assert.equal(virtual.node("/parent/y").budgets.crash.left, 3, "its window has passed");
  });

  it("is none where nobody is; the root has no supervisor, and nothing is forgiven there", () => {
    const { system } = new VirtualSystem();
    assert.equal(system.why("/nobody"), undefined);
    const root = system.why("/");
    assert.equal(root?.supervisor, undefined);
    assert.equal(root?.actor.budgets.crash.left, 0);
  });
});

describe("the pulse of an actor", () => {
  it("tells for how long it has been busy, and how old its last beat is", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { heartbeat: { everyMs: 10_000, grace: 2 } });
    virtual.tell(
      actor,
      work(async (context) => {
        context.beat("page 1");
        await new Promise(() => {});
      }),
    );
    await virtual.advance(4_000);
    const { openTurn, heartbeat, lastBeat } = virtual.node("/a").pulse;
    assert.deepEqual(openTurn, { kind: "work", busyMs: 4_000, leftMs: 26_000 });
    assert.deepEqual(heartbeat, { everyMs: 10_000, withinMs: 30_000, leftMs: 26_000 });
    assert.deepEqual(lastBeat, { atMs: 0, ageMs: 4_000, note: "page 1" });
  });

  it("names no deadline where there is none", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: Number.POSITIVE_INFINITY });
    virtual.tell(actor, forever);
    virtual.tell(actor, note("behind"));
    await virtual.advance(90_000);
    assert.deepEqual(virtual.node("/a").pulse, { stalls: 0, openTurn: { kind: "work", busyMs: 90_000 } });
  });
});
