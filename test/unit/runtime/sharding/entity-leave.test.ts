import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findCell } from "../../../../runtime/kernel/tree-node.ts";
import { EntityWorld } from "../../../support/entity-world.ts";
import { microtasks } from "../../../support/virtual-system.ts";

const ROOT = "/entities";
const ANA = "/entities/account/ana";

/** Whether a promise is kept by now. */
function watched(promise: Promise<unknown>): { isOver: boolean } {
  const seen = { isOver: false };
  void promise.then(() => (seen.isOver = true));
  return seen;
}

describe("entities whose node is taken over by another process", () => {
  it("finish the mail that they have, and have all of it stored and said before they leave", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.isHolding = true;
    const told = [world.deposit("ana", 1), world.deposit("ana", 2)];
    const left = watched(world.host.leave());
    await world.virtual.advance(20);
    assert.equal(left.isOver, false, "two appends are on their way");
    world.journal.letGo();
    await world.virtual.advance(20);
    assert.equal(left.isOver, true);
    assert.deepEqual(await Promise.all(told), [1, 3]);
    assert.equal(world.virtual.system.describe({ path: ROOT }), undefined);
  });

  it("tell those who still wait, and those who come, that they go on elsewhere", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.virtual.system.steering.steer("suspend", { path: ANA });
    const waiting = world.deposit("ana", 1);
    const left = world.host.leave();
    await world.virtual.advance(2_000);
    await left;
    assert.equal(await waiting, "actorMoved");
    assert.equal(await world.deposit("ana", 1), "actorMoved");
    assert.equal(await world.deposit("bob", 1), "actorMoved");
    assert.equal(world.virtual.tell(world.account("ana"), { kind: "close" }), "busy");
  });

  it("do not wait for ever for one that is never done", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.isHolding = true;
    const told = world.deposit("ana", 1);
    const left = watched(world.host.leave());
    await world.virtual.advance(900);
    assert.equal(left.isOver, false);
    await world.virtual.advance(10_000);
    assert.equal(left.isOver, true);
    assert.match(String(await told), /askTimeout/);
  });

  it("come back by their next messages when nobody has taken over, those who were suspended too", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    await world.open("bob");
    world.virtual.system.steering.steer("suspend", { path: ANA });
    const left = world.host.leave();
    await world.virtual.advance(20);
    await left;
    world.host.comeBack();
    await world.virtual.settle();
    const bob = world.deposit("bob", 7);
    const ana = watched(world.deposit("ana", 7));
    await world.virtual.settle();
    assert.equal(await bob, 7);
    assert.equal(ana.isOver, false);
    assert.equal(world.virtual.node(ANA).state, "suspended");
    world.virtual.system.steering.steer("resume", { path: ANA });
    await world.virtual.settle();
    assert.equal(ana.isOver, true);
  });

  it("are suspended again in the other process, single ones and all of a type", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.virtual.system.steering.steer("suspend", { path: ANA });
    world.virtual.system.steering.steer("suspend", { path: "/entities/account" });
    const left = world.host.leave();
    await world.virtual.advance(20);
    await left;
    const kept = structuredClone(world.host.keepsake.dump());
    const heir = new EntityWorld({ journal: world.journal });
    heir.host.keepsake.load(kept);
    heir.host.suspendAgain();
    await heir.virtual.settle();
    assert.equal(heir.virtual.node(ANA).state, "suspended");
    assert.equal(heir.virtual.node(ANA).details?.["version"], 1, "it is loaded, and waits");
    assert.equal(heir.virtual.node("/entities/account").state, "suspended");
    assert.equal(heir.virtual.node(ROOT).state, "running");
  });
});

describe("a stop of all entities", () => {
  it("ends also when the actor above them is between two lives", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    findCell(world.virtual.system.root, ROOT)?.handleFault(undefined, undefined, new Error("planted"));
    await world.virtual.settle();
    assert.equal(world.virtual.node(ROOT).state, "waiting");
    const stopped = watched(world.host.stop());
    await world.virtual.settle();
    await microtasks();
    assert.equal(stopped.isOver, true);
  });

  it("ends at once when there were none", async () => {
    const world = new EntityWorld();
    await world.host.stop();
    await world.host.stop();
  });
});
