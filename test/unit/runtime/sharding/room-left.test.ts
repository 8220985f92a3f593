import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../../../runtime/fault.ts";
import { RoomLeft, TRY_EVERY_MS } from "../../../../runtime/sharding/room-left.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { EntityWorld } from "../../../support/entity-world.ts";

const account = (id: string) => ({ type: "account", id });
const FULL = new Fault("notStored", {}, { cause: new Fault("journalFull") });

describe("what is known of the room that is left", () => {
  it("refuses what belongs to a full part, but for one try a second, until one is stored", () => {
    const clock = new VirtualClock();
    const room = new RoomLeft(clock);
    assert.equal(room.refusal(account("a")), undefined);
    room.note(account("a"), FULL);
    assert.equal(room.refusal(account("a"))?.code, "journalFull");
    clock.advance(TRY_EVERY_MS);
    assert.equal(room.refusal(account("a")), undefined, "one is tried");
    assert.equal(room.refusal(account("a"))?.code, "journalFull", "and no other one in the same second");
    room.note(account("a"), undefined);
    assert.equal(room.refusal(account("a")), undefined);
  });

  it("says nothing of other parts, nor of failures that are none of room", () => {
    const room = new RoomLeft(new VirtualClock());
    room.note(account("a"), new Fault("notStored", {}, { cause: new Fault("journalUnavailable") }));
    assert.equal(room.refusal(account("a")), undefined);
    room.note(account("a"), FULL);
    const others = Array.from({ length: 50 }, (_, at) => room.refusal(account(`other-${at}`)));
    assert.ok(others.filter((fault) => fault === undefined).length > 40);
  });
});

describe("an entity whose journal is full", () => {
  it("loads again for what was tried, and keeps its state through all that is refused without", async () => {
    const world = new EntityWorld();
    const { journal, virtual } = world;
    const deposit = async (amount: number) => {
      const deposited = world.deposit("a", amount);
      await virtual.settle();
      return deposited;
    };
    await world.open("a");
    assert.equal(await deposit(5), 5);
    const { loads } = journal;
    journal.fates.push("full");
    assert.equal(await deposit(1), "notStored");
    await virtual.advance(500);
    const appends = journal.appends.length;
    for (let count = 0; count < 100; count++) assert.equal(await deposit(1), "journalFull");
    const balance = world.balance("a");
    await virtual.settle();
    assert.equal(await balance, 5, "it may still be read");
    assert.deepEqual([journal.loads - loads, journal.appends.length - appends], [1, 0]);
    await virtual.advance(TRY_EVERY_MS);
    assert.equal(await deposit(1), 6);
  });
});
