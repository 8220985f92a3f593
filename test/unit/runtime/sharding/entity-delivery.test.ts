import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Receipts } from "../../../../runtime/sharding/receipts.ts";
import { EntityWorld } from "../../../support/entity-world.ts";

describe("a message that is delivered with a receipt", () => {
  const send = (world: EntityWorld, seq: number, acknowledged: number[], sender = "node-1"): void => {
    const observer = world.virtual.spawn(`observer-${sender}-${seq}-${acknowledged.length}-${Math.random()}`);
    const message = { kind: "tellOf", observer, amount: 1 } as const;
    world.accounts.deliver("ana", message, { sender, seq }, () => acknowledged.push(seq));
  };
  const balanceIn = async (world: EntityWorld): Promise<number | string> => {
    const balance = world.balance("ana");
    await world.virtual.advance(10);
    return balance;
  };

  it("has one effect however often it comes, and is acknowledged each time", async () => {
    const world = new EntityWorld();
    const acknowledged: number[] = [];
    for (const seq of [1, 1, 2, 1, 2]) send(world, seq, acknowledged);
    await world.virtual.settle();
    assert.deepEqual(acknowledged, [1, 1, 2, 1, 2]);
    assert.equal(await balanceIn(world), 2);
    send(world, 1, acknowledged, "node-2");
    await world.virtual.settle();
    assert.equal(await balanceIn(world), 3, "each sender counts for itself");
  });

  it("is acknowledged only when it is stored, also the second time", async () => {
    const world = new EntityWorld();
    world.journal.isHolding = true;
    const acknowledged: number[] = [];
    send(world, 1, acknowledged);
    send(world, 1, acknowledged);
    await world.virtual.settle();
    assert.deepEqual(acknowledged, []);
    world.journal.letGo();
    await world.virtual.settle();
    assert.deepEqual(acknowledged, [1, 1]);
  });

  it("is not acknowledged when it is not stored, and has its effect when it is sent again", async () => {
    const world = new EntityWorld();
    world.journal.fates.push("failed");
    const acknowledged: number[] = [];
    send(world, 1, acknowledged);
    await world.virtual.advance(200);
    assert.deepEqual(acknowledged, []);
    send(world, 1, acknowledged);
    await world.virtual.settle();
    assert.deepEqual(acknowledged, [1]);
    assert.equal(await balanceIn(world), 1);
  });

  it("is not taken before one that was sent before it and was not stored: that one would count as known", async () => {
    const world = new EntityWorld();
    world.journal.fates.push("failed");
    const acknowledged: number[] = [];
    send(world, 1, acknowledged);
    await world.virtual.settle();
    send(world, 2, acknowledged);
    await world.virtual.advance(200);
    assert.deepEqual(acknowledged, []);
    assert.equal(world.virtual.dead("outOfOrder"), 1);
    for (const seq of [1, 2]) send(world, seq, acknowledged);
    await world.virtual.settle();
    assert.deepEqual(acknowledged, [1, 2]);
    assert.equal(await balanceIn(world), 2);
  });

  it("is known again after a replay, and after a snapshot", async () => {
    let world = new EntityWorld();
    const acknowledged: number[] = [];
    for (let seq = 1; seq <= 3; seq++) send(world, seq, acknowledged);
    await world.virtual.settle();
    world = await world.reborn();
    for (let seq = 1; seq <= 6; seq++) send(world, seq, acknowledged);
    await world.virtual.advance(5_000);
    assert.ok(world.journal.snapshots.length > 0);
    world = await world.reborn();
    for (let seq = 1; seq <= 7; seq++) send(world, seq, acknowledged);
    await world.virtual.settle();
    assert.equal(await balanceIn(world), 7);
    assert.equal(acknowledged.length, 3 + 6 + 7);
  });
});

describe("receipts", () => {
  it("follow each other without a gap, except of a sender who may have been forgotten", () => {
    const receipts = new Receipts();
    assert.equal(receipts.isNext({ sender: "a", seq: 2 }), false);
    receipts.add({ sender: "a", seq: 1 });
    assert.equal(receipts.isNext({ sender: "a", seq: 3 }), false);
    assert.equal(receipts.isNext({ sender: "a", seq: 2 }), true);
    for (let other = 0; other < 1_000; other++) receipts.add({ sender: String(other), seq: 1 });
    assert.equal(receipts.isNext({ sender: "a", seq: 57 }), true);
    assert.equal(receipts.isNext({ sender: "7", seq: 3 }), false);
  });

  it("know everything up to the last of each of the latest 1,000 senders, and come back from data as they were", () => {
    const receipt = fc.record({ sender: fc.nat(1_200).map(String), seq: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(fc.array(receipt, { maxLength: 3_000, size: "max" }), (taken) => {
        let receipts = new Receipts();
        const last = new Map<string, number>();
        for (const [index, one] of taken.entries()) {
          if (receipts.has(one)) continue;
          receipts.add(one);
          last.delete(one.sender);
          last.set(one.sender, one.seq);
          if (index % 100 === 0) receipts = new Receipts(receipts.entries());
        }
        assert.deepEqual(receipts.entries(), [...last].slice(-1_000));
      }),
      { numRuns: 30 },
    );
  });
});
