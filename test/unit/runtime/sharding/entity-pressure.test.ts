import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RECORD_BYTES_MAX } from "../../../../runtime/persistence/journal-limits.ts";
import { EntityWorld } from "../../../support/entity-world.ts";

const TOO_MUCH = "x".repeat(RECORD_BYTES_MAX);

/** Has a journal be crowded until the answer is called. */
function crowd(world: EntityWorld): () => void {
  let end = (): void => {};
  world.journal.whenFree = new Promise((resolve) => {
    end = () => {
      world.journal.whenFree = undefined;
      resolve();
    };
  });
  return end;
}

describe("an entity whose journal has enough to do", () => {
  it("decides nothing new: its mail waits, and nothing fails", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    const free = crowd(world);
    const told = [world.deposit("ana", 1), world.deposit("ana", 2)];
    await world.virtual.settle();
    assert.equal(world.journal.appends.length, 1, "only that of the opening");
    const { mailbox } = world.virtual.node("/entities/account/ana");
    assert.equal(mailbox.depth, 1, "one message is in its turn, the other one waits");
    free();
    await world.virtual.settle();
    assert.deepEqual(await Promise.all(told), [1, 3]);
  });

  it("waits again when others were first", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    const free = crowd(world);
    const told = world.deposit("ana", 1);
    await world.virtual.settle();
    free();
    const freeAgain = crowd(world);
    await world.virtual.settle();
    assert.equal(world.journal.appends.length, 1);
    freeAgain();
    await world.virtual.settle();
    assert.equal(await told, 1);
  });

  it("leaves the message alone when its life ends meanwhile", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    const free = crowd(world);
    const told = world.deposit("ana", 1);
    await world.virtual.settle();
    world.virtual.system.steering.steer("restart", { path: "/entities/account/ana" });
    free();
    await world.virtual.settle();
    assert.equal(await told, "actorFailed");
    assert.equal(world.journal.appends.length, 1);
  });
});

describe("a decision that is larger than a record may be", () => {
  it("is refused by name, and nothing else is", async () => {
    const world = new EntityWorld();
    const account = await world.open("ana");
    world.journal.isHolding = true;
    const before = world.deposit("ana", 1);
    const large = world.virtual.ask(account, { kind: "deposit", amount: 2, note: TOO_MUCH });
    const after = world.deposit("ana", 4);
    const refused = assert.rejects(large, { code: "recordTooLarge" });
    await world.virtual.settle();
    await refused;
    world.journal.letGo();
    await world.virtual.settle();
    assert.deepEqual([await before, await after], [1, 5]);
    assert.equal(world.virtual.node("/entities/account/ana").restarts, 0);
    assert.deepEqual(
      world.virtual.log.lines.filter(({ event }) => event === "entity.recordTooLarge").length,
      1,
    );
  });

  it("is a dead letter when nobody has asked", async () => {
    const world = new EntityWorld();
    const account = await world.open("ana");
    const observer = world.virtual.spawn("observer");
    world.virtual.tell(account, { kind: "tellOf", observer, amount: 2, note: TOO_MUCH });
    await world.virtual.settle();
    assert.equal(world.virtual.dead("recordTooLarge"), 1);
    assert.deepEqual(world.virtual.notes("/observer"), []);
    assert.deepEqual((await world.history("ana")).length, 1);
  });
});
