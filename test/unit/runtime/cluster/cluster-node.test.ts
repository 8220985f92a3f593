import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClusterWorld } from "../../../support/cluster-world.ts";

describe("a node in a cluster", () => {
  it("joins before it serves, and leaves in order: nothing more is taken, then it is gone", async () => {
    const world = new ClusterWorld();
    const { node, told } = world.process("a");
    await node.join();
    assert.deepEqual(await world.states(), { a: ["joining"] });
    await node.serve();
    assert.deepEqual(await world.states(), { a: ["up"] });
    await node.drain(1_000);
    assert.deepEqual(await world.states(), { a: ["leaving"] });
    assert.deepEqual(told, ["drain"]);
    await node.leave();
    await node.close();
    assert.deepEqual(await world.states(), { a: ["dead left"] });
    assert.deepEqual(told, ["drain", "region closed", "transport closed", "closed"]);
  });

  it("stops its entities while its lease is over, and goes on under the same name when it is held again", async () => {
    const world = new ClusterWorld();
    const { node, way, told, incarnations } = await world.start("a");
    way.isCut = true;
    await world.advance(5_000);
    assert.deepEqual(told, ["fenced"]);
    way.isCut = false;
    await world.advance(2_000);
    assert.deepEqual(told, ["fenced", "restored"]);
    assert.deepEqual(incarnations, [node.incarnation]);
  });

  it("comes back as somebody new when the others have counted it as dead, and serves again", async () => {
    const world = new ClusterWorld();
    const b = await world.start("b");
    const a = await world.start("a");
    a.clock.pause();
    await world.advance(60_000);
    assert.deepEqual(b.told, ["peerEnded a"]);
    await a.clock.resume().runLate();
    await world.advance(2_000);
    assert.deepEqual(await world.states(), { b: ["up"], a: ["dead expired", "up"] });
    // What was sent to the life that is over ends like that of any other.
    assert.deepEqual(a.told, ["fenced", "region closed", "transport closed", "peerEnded a"]);
    assert.equal(new Set(a.incarnations).size, 2);
    assert.equal(a.incarnations.at(-1), a.node.incarnation);
  });

  it("tries to come back for as long as it takes", async () => {
    const world = new ClusterWorld();
    await world.start("b");
    const a = await world.start("a");
    await world.table.end(a.incarnations[0] ?? "", "reaped");
    a.way.losesAnswers = false;
    await world.advance(900);
    a.way.isCut = true;
    await world.advance(60_000);
    assert.equal(a.node.incarnation, a.incarnations[0], "it cannot know yet");
    a.way.isCut = false;
    await world.advance(1_000);
    a.way.isCut = true;
    await world.advance(20_000);
    a.way.isCut = false;
    await world.advance(10_000);
    assert.deepEqual((await world.states())["a"]?.at(-1), "up");
    assert.ok(a.node.incarnation !== a.incarnations[0]);
  });

  it("does not come back once it has left", async () => {
    const world = new ClusterWorld();
    await world.start("b");
    const a = await world.start("a");
    await world.table.end(a.incarnations[0] ?? "", "reaped");
    a.way.requestMs = 500;
    await world.advance(1_600);
    assert.equal(a.node.incarnation, undefined, "it is between two lives");
    await a.node.leave();
    a.way.requestMs = 0;
    await world.advance(30_000);
    const rows = (await world.states())["a"] ?? [];
    assert.ok(
      rows.every((state) => state.startsWith("dead")),
      String(rows),
    );
  });

  it("drains when the table says so, wherever that was ordered, and goes on leaving after a failover", async () => {
    const world = new ClusterWorld();
    const a = await world.start("a");
    const b = await world.start("b");
    await a.node.drainMember(b.node.incarnation ?? "");
    await world.advance(2_000);
    assert.deepEqual(b.told, ["drainAsked"]);
    assert.deepEqual(a.told, []);
    assert.deepEqual([a.node.isTakenOut, b.node.isTakenOut], [false, true]);
    world.table.forget();
    await world.advance(5_000);
    assert.deepEqual(await world.states(), { a: ["up"], b: ["leaving"] });
    assert.deepEqual(b.told, ["drainAsked"]);
  });

  it("drains as soon as it serves when that was ordered before", async () => {
    const world = new ClusterWorld();
    const a = await world.start("a");
    const b = world.process("b");
    await b.node.join();
    await world.advance(2_000);
    await a.node.drainMember(b.node.incarnation ?? "");
    await world.advance(2_000);
    assert.deepEqual(b.told, []);
    await b.node.serve();
    assert.deepEqual(b.told, ["drainAsked"]);
    assert.deepEqual(await world.states(), { a: ["up"], b: ["leaving"] });
  });

  it("goes on leaving in its next life", async () => {
    const world = new ClusterWorld();
    await world.start("b");
    const a = await world.start("a");
    await a.node.drain(1_000);
    assert.equal(a.node.isTakenOut, false, "it is only stopped");
    a.node.takeOut();
    assert.equal(a.node.isTakenOut, true);
    a.clock.pause();
    await world.advance(60_000);
    await a.clock.resume().runLate();
    await world.advance(2_000);
    assert.deepEqual((await world.states())["a"], ["dead expired", "leaving"]);
  });

  it("tells of all members how long their leases still run, and what else it knows when the table is away", async () => {
    const world = new ClusterWorld();
    const a = await world.start("a");
    await world.start("b");
    await world.advance(1_500);
    const seen = async () =>
      (await a.node.members()).map(({ member, leaseLeftMs }) => [member.node, member.state, leaseLeftMs]);
    assert.deepEqual(await seen(), [
      ["a", "up", 5_500],
      ["b", "up", 5_500],
    ]);
    a.way.isCut = true;
    assert.deepEqual(await seen(), [
      ["a", "up", undefined],
      ["b", "up", undefined],
    ]);
  });
});
