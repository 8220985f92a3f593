import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DiaryWorld } from "../../../support/diary-world.ts";

describe("the reminders of an entity", () => {
  it("come at their time, once, as a decision of their own", async () => {
    const world = new DiaryWorld();
    assert.equal(await world.plan("ana", "tea", { afterMs: 60_000 }), "planned");
    await world.virtual.advance(59_999);
    assert.deepEqual(await world.rung("ana"), []);
    await world.virtual.advance(1);
    assert.deepEqual(await world.rung("ana"), ["tea x1"]);
    await world.virtual.advance(600_000);
    assert.deepEqual(await world.rung("ana"), ["tea x1"]);
  });

  it("do not keep it in memory, and bring it back", async () => {
    const world = new DiaryWorld();
    await world.plan("ana", "tea", { afterMs: 3_600_000 });
    await world.virtual.advance(60_000);
    assert.equal(world.activeCount, 0);
    await world.virtual.advance(3_540_000);
    assert.deepEqual(await world.rung("ana"), ["tea x1"]);
    assert.equal(world.activeCount, 1);
  });

  it("are stored with the decision that sets them, also when nothing else happens by it", async () => {
    const world = new DiaryWorld();
    const asked = ["planQuietly", "planAsData"] as const;
    for (const kind of asked) {
      const planned = world.virtual.ask(world.diary(kind), { kind, name: "tea", note: "rings", afterMs: 50 });
      await world.virtual.settle();
      assert.equal((await planned).kind, "planned");
      assert.equal((await world.records(kind)).length, 1);
    }
    await world.virtual.advance(50);
    for (const kind of asked) assert.deepEqual(await world.rung(kind), ["tea x1"]);
  });

  it("are not there when their decision was not stored", async () => {
    const world = new DiaryWorld();
    world.journal.fates.push("failed");
    assert.equal(await world.plan("ana", "tea", { afterMs: 1_000 }), "notStored");
    await world.virtual.advance(120_000);
    assert.deepEqual(await world.rung("ana"), []);
  });

  it("are there when their decision was stored and nobody has heard of it", async () => {
    const world = new DiaryWorld();
    world.journal.fates.push("storedUnheard");
    assert.equal(await world.plan("ana", "tea", { afterMs: 1_000 }), "notStored");
    await world.virtual.advance(120_000);
    assert.deepEqual(await world.rung("ana"), ["tea x1"]);
  });

  it("do not come once it was acknowledged that they are forgotten", async () => {
    const world = new DiaryWorld();
    await world.plan("ana", "tea", { afterMs: 1_000 });
    await world.plan("ana", "post", { afterMs: 2_000 });
    await world.virtual.advance(999);
    assert.equal(await world.cancel("ana", "tea"), "cancelled");
    await world.virtual.advance(120_000);
    assert.deepEqual(await world.rung("ana"), ["post x1"]);
  });

  it("are replaced by one of the same name, earlier or later", async () => {
    const world = new DiaryWorld();
    await world.plan("ana", "tea", { afterMs: 50_000 });
    await world.plan("ana", "tea", { afterMs: 10_000 });
    await world.plan("bo", "tea", { afterMs: 10_000 });
    await world.plan("bo", "tea", { afterMs: 50_000 });
    await world.virtual.advance(10_000);
    assert.deepEqual(await world.rung("ana"), ["tea x1"]);
    assert.deepEqual(await world.rung("bo"), []);
    await world.virtual.advance(40_000);
    assert.deepEqual(await world.rung("ana"), ["tea x1"]);
    assert.deepEqual(await world.rung("bo"), ["tea x1"]);
  });

  it("come again and again, in step with the first time", async () => {
    const world = new DiaryWorld();
    await world.plan("ana", "tea", { afterMs: 10_000, everyMs: 60_000 });
    await world.virtual.advance(10_000 + 3 * 60_000);
    assert.deepEqual(await world.rung("ana"), ["tea x1", "tea x1", "tea x1", "tea x1"]);
    await world.cancel("ana", "tea");
    await world.virtual.advance(600_000);
    assert.equal((await world.rung("ana")).length, 4);
  });

  it("come once for all the times that nobody was there", async () => {
    const before = new DiaryWorld();
    await before.plan("ana", "tea", { afterMs: 10_000, everyMs: 60_000 });
    const world = before.killed(10_000 + 5 * 60_000 + 1);
    await world.virtual.advance(1_000);
    assert.deepEqual(await world.rung("ana"), ["tea x6"]);
    await world.virtual.advance(60_000);
    assert.deepEqual(await world.rung("ana"), ["tea x6", "tea x1"]);
  });

  it("that were due while the process was gone come at its next start", async () => {
    const before = new DiaryWorld();
    await before.plan("ana", "tea", { afterMs: 10_000 });
    await before.plan("bo", "tea", { afterMs: 500_000 });
    const world = before.killed(100_000);
    await world.virtual.advance(1_000);
    assert.deepEqual(await world.rung("ana"), ["tea x1"]);
    await world.virtual.advance(400_000);
    assert.deepEqual(await world.rung("bo"), ["tea x1"]);
  });

  it("have one effect when the process dies before it knows that the effect is stored", async () => {
    const before = new DiaryWorld();
    await before.plan("ana", "tea", { afterMs: 10_000 });
    before.journal.isHolding = true;
    await before.virtual.advance(10_000);
    const world = before.killed();
    await world.virtual.advance(120_000);
    assert.deepEqual(await world.rung("ana"), ["tea x1"]);
  });

  it("come again when their decision could not be stored", async () => {
    const world = new DiaryWorld();
    await world.plan("ana", "tea", { afterMs: 10_000 });
    world.journal.fates.push("failed");
    await world.virtual.advance(10_000);
    assert.deepEqual(await world.rung("ana"), []);
    await world.virtual.advance(60_000);
    assert.deepEqual(await world.rung("ana"), ["tea x1"]);
  });

  it("are over also when nothing happens by them", async () => {
    const world = new DiaryWorld();
    await world.plan("ana", "tea", { afterMs: 1_000, note: "in vain" });
    await world.virtual.advance(1_000);
    assert.deepEqual((await world.records("ana")).at(-1), {
      events: [],
      reminders: [{ kind: "fired", name: "tea" }],
    });
    await world.virtual.advance(120_000);
    assert.equal((await world.records("ana")).length, 2);
  });

  it("may be set again by the decision about them", async () => {
    const world = new DiaryWorld();
    await world.plan("ana", "tea", { afterMs: 1_000, note: "snoozed" });
    await world.virtual.advance(1_499);
    assert.deepEqual(await world.rung("ana"), ["tea x1"]);
    await world.virtual.advance(1);
    assert.deepEqual(await world.rung("ana"), ["tea x1", "tea x1"]);
  });

  it("survive snapshots", async () => {
    const before = new DiaryWorld();
    await before.plan("ana", "tea", { afterMs: 3_600_000 });
    for (let at = 0; at < 8; at++) await before.plan("ana", "post", { afterMs: 7_200_000 });
    await before.virtual.advance(10_000);
    assert.ok(before.journal.snapshots.length > 0);
    const world = before.killed();
    await world.virtual.advance(3_600_000);
    assert.deepEqual(await world.rung("ana"), ["tea x1"]);
  });

  it("that are due together all come, the first one first, however many there are", async () => {
    const before = new DiaryWorld();
    for (let at = 0; at < 100; at++) await before.plan("ana", `n${at}`, { afterMs: 1_000 - at });
    const world = before.killed(10_000);
    await world.virtual.advance(100);
    const expected = Array.from({ length: 100 }, (_, at) => `n${99 - at} x1`);
    assert.deepEqual(await world.rung("ana"), expected);
  });

  it("that make it fail harm no others, and come again", async () => {
    const world = new DiaryWorld();
    await world.plan("ana", "tea", { afterMs: 1_000, note: "fails" });
    await world.plan("ana", "post", { afterMs: 2_000 });
    await world.plan("bo", "tea", { afterMs: 1_000 });
    await world.virtual.advance(100_000);
    assert.deepEqual(await world.rung("bo"), ["tea x1"]);
    assert.deepEqual(await world.rung("ana"), ["post x1"], "the one behind it is not kept back");
    const failures = world.virtual.events.filter((event) => event === "actor.failed").length;
    assert.ok(failures >= 2 && failures <= 12, `it failed ${failures} times`);
  });

  it("of which there are too many make the decision fail", async () => {
    const world = new DiaryWorld();
    for (let at = 0; at < 1_000; at++) await world.plan("ana", `n${at}`, { afterMs: 100_000 });
    assert.equal(await world.plan("ana", "one more", { afterMs: 100_000 }), "actorFailed");
    await world.virtual.advance(1_000);
    assert.equal(await world.plan("ana", "n7", { afterMs: 100_000 }), "planned");
  });

  it("are what an operator sees of it", async () => {
    const world = new DiaryWorld();
    await world.plan("ana", "tea", { afterMs: 10_000 });
    const { details } = world.virtual.node("/entities/diary/ana");
    assert.equal(details?.["reminders"], 1);
    assert.equal(details?.["nextReminderAtMs"], 10_000);
  });

  it("wake nobody for what was forgotten long before", async () => {
    const world = new DiaryWorld();
    await world.plan("ana", "tea", { afterMs: 600_000 });
    await world.cancel("ana", "tea");
    await world.virtual.advance(60_000);
    assert.equal(world.activeCount, 0);
    const { loads } = world.journal;
    await world.virtual.advance(1_200_000);
    assert.equal(world.journal.loads, loads);
  });
});
