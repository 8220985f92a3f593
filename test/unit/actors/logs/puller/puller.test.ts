import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullFailure } from "../../../../../actors/logs/source.ts";
import { PullWorld } from "../../../../support/pull-world.ts";

/** A world with one partition of so many records, and its pullers at work. */
function worldWith(records: number): PullWorld {
  const world = new PullWorld("p");
  world.source.put("p", records);
  world.start();
  return world;
}

describe("a puller", () => {
  it("has everything counted that is there, and then what comes", async () => {
    const world = worldWith(250);
    await world.virtual.advance(1_000);
    assert.equal(world.counts("p").counted, 250);
    world.source.put("p", 7);
    await world.virtual.advance(100);
    assert.equal(world.counts("p").counted, 257);
    assert.equal(world.counts("p").read, 257);
  });

  it("goes on from where it was counted, and nothing is counted twice", async () => {
    const world = worldWith(10);
    world.counts("p").cursor = "4";
    await world.virtual.advance(1_000);
    assert.deepEqual([world.counts("p").counted, world.counts("p").cursor], [6, "10"]);
  });

  it("looks ten times a second while nothing comes, and once a second after a quiet minute and more", async () => {
    const world = worldWith(1);
    await world.virtual.advance(10_000);
    const before = world.source.reads;
    await world.virtual.advance(10_000);
    assert.ok(Math.abs(world.source.reads - before - 100) <= 2, String(world.source.reads - before));
    await world.virtual.advance(120_000);
    const later = world.source.reads;
    await world.virtual.advance(10_000);
    assert.ok(Math.abs(world.source.reads - later - 10) <= 1, String(world.source.reads - later));
  });

  it("reads on at once when it was given all that its reader asked for, however little that is", async () => {
    const world = new PullWorld("p");
    world.source.fitting = 5;
    world.source.put("p", 250);
    world.start();
    // Fifty reads; twenty a second would take two and a half seconds.
    await world.virtual.advance(500);
    assert.equal(world.counts("p").counted, 250);
  });

  it("says how the partition stands: behind, then all read", async () => {
    const world = worldWith(250);
    await world.virtual.advance(1_000);
    assert.deepEqual(world.counts("p").stood, ["lagging", "flowing", "caughtUp"]);
    assert.equal(world.account("p").state, "caughtUp");
  });

  it("gives a read up after eight seconds, asks for half, and goes on with a fresh reader", async () => {
    const world = worldWith(30);
    let hung = 0;
    world.source.trouble = () => (hung++ < 2 ? "hang" : undefined);
    await world.virtual.advance(8_000 + 8_000 + 1_000);
    assert.equal(world.counts("p").counted, 30);
    assert.deepEqual(world.source.asked.slice(0, 3), [100, 50, 25]);
    assert.equal(world.account("p").trouble?.code, "readTimeout");
    assert.equal(world.source.openReaders, 1);
  });

  it("gives a read up also when bytes drip in", async () => {
    const world = worldWith(30);
    let hung = 0;
    world.source.trouble = () => (hung++ < 1 ? "drip" : undefined);
    await world.virtual.advance(9_000);
    assert.equal(world.counts("p").counted, 30);
  });

  it("says that nothing is known of its partition while it cannot be read", async () => {
    const world = worldWith(3);
    world.source.trouble = () => new PullFailure("ServerBusy", "retry", "busy");
    await world.virtual.advance(3_000);
    assert.deepEqual(world.counts("p").stood, ["stalled"]);
    assert.ok(world.account("p").failures >= 3);
    world.source.trouble = () => undefined;
    await world.virtual.advance(6_000);
    assert.equal(world.counts("p").counted, 3);
    assert.equal(world.counts("p").stood.at(-1), "caughtUp");
  });

  it("tells people at once when they have to act, and not again each time", async () => {
    const world = worldWith(3);
    world.source.trouble = () => new PullFailure("Unauthorized", "escalate", "the key is unknown");
    await world.virtual.advance(300_000);
    assert.equal(world.logged("logs.unreadable"), 1);
  });

  it("counts once what was counted although the answer was lost", async () => {
    const world = worldWith(50);
    let lost = 0;
    world.partialTrouble = () => (lost++ === 0 ? "silent" : undefined);
    await world.virtual.advance(10_000);
    assert.deepEqual([world.counts("p").counted, world.counts("p").batches], [50, 1]);
    world.source.put("p", 1);
    await world.virtual.advance(1_000);
    assert.equal(world.counts("p").counted, 51);
  });

  it("records exactly what was gone before it was read, and goes on with the oldest that is there", async () => {
    const world = worldWith(100);
    world.counts("p").cursor = "10";
    world.source.oldest = 60;
    await world.virtual.advance(1_000);
    assert.deepEqual([world.counts("p").counted, world.counts("p").lost], [40, 50]);
    assert.equal(world.logged("logs.gap"), 1);
  });

  it("puts exactly the records aside that cannot be counted", async () => {
    const world = worldWith(1_000);
    for (const record of [0, 371, 372, 999]) world.source.poison.add(record);
    await world.virtual.advance(20_000);
    const { counted, quarantined, read, cursor } = world.counts("p");
    assert.deepEqual([counted, quarantined, read, cursor], [996, 4, 1_000, "1000"]);
    assert.equal(world.logged("logs.quarantined"), 4);
  });

  it("halves a batch whose counts are too large for one record, until they fit", async () => {
    const world = worldWith(100);
    world.partialTrouble = ({ units }) => (units > 7 ? "tallyTooLarge" : undefined);
    await world.virtual.advance(20_000);
    assert.deepEqual([world.counts("p").counted, world.counts("p").quarantined], [100, 0]);
  });

  it("puts a single record aside whose counts are always too large, and nothing else", async () => {
    const world = worldWith(100);
    world.partialTrouble = ({ counted, from }) =>
      counted > 0 && from <= 41 && from + counted > 41 ? "tallyTooLarge" : undefined;
    await world.virtual.advance(20_000);
    const { counted, quarantined, cursor } = world.counts("p");
    assert.deepEqual([counted, quarantined, cursor], [99, 1, "100"]);
    assert.equal(world.logged("logs.quarantined"), 1);
  });

  it("lets a reader do one read at a time, also where what was read ahead is not wanted", async () => {
    const world = new PullWorld("p");
    world.source.readMs = 50;
    world.source.put("p", 250);
    world.partialTrouble = ({ units }) => (units > 30 ? "tallyTooLarge" : undefined);
    world.start();
    await world.virtual.advance(20_000);
    assert.deepEqual([world.source.overlaps, world.counts("p").counted], [0, 250]);
    await world.virtual.system.stop();
    assert.equal(world.host.budget.freeBytes, 64 * 1_048_576);
    assert.deepEqual([world.source.openReaders, world.source.heldBatches], [0, 0]);
  });

  it("gives all bytes back that it took", async () => {
    const world = worldWith(1_000);
    world.source.poison.add(5);
    let reads = 0;
    world.source.trouble = () => (reads++ % 7 === 3 ? new PullFailure("reset", "retry", "reset") : undefined);
    await world.virtual.advance(60_000);
    assert.equal(world.counts("p").read, 1_000);
    await world.virtual.system.stop();
    assert.equal(world.host.budget.freeBytes, 64 * 1_048_576);
    assert.equal(world.source.openReaders, 0);
    assert.equal(world.source.heldBatches, 0);
  });
});

describe("the pullers of a source", () => {
  it("do not wait for one whose reads hang", async () => {
    const world = new PullWorld("a", "b", "c", "d");
    world.source.trouble = ({ cursor }) => (cursor === "5" ? "hang" : undefined);
    for (const partition of ["a", "b"]) world.counts(partition).cursor = "5";
    for (const partition of ["a", "b", "c", "d"]) world.source.put(partition, 10);
    world.start();
    await world.virtual.advance(500);
    assert.deepEqual(
      ["a", "b", "c", "d"].map((partition) => world.counts(partition).counted),
      [0, 0, 10, 10],
    );
    world.source.trouble = () => undefined;
    await world.virtual.advance(10_500);
    assert.deepEqual(
      ["a", "b"].map((partition) => world.counts(partition).counted),
      [5, 5],
    );
  });

  it("leave the bytes of one that hangs from its first read to those that are read", async () => {
    const world = new PullWorld("hangs", "well");
    world.counts("hangs").cursor = "5";
    world.source.trouble = ({ cursor }) => (cursor === "5" ? "hang" : undefined);
    for (const partition of ["hangs", "well"]) world.source.put(partition, 10);
    world.start();
    await world.virtual.advance(12_000);
    assert.equal(world.account("hangs").failures, 1);
    assert.equal(world.host.budget.shareOf(world.account("well").key), 32 * 1_048_576);
  });

  it("leave all bytes to the others as long as they wait for those before them", async () => {
    const world = new PullWorld("parent", "child");
    let isOver = false;
    const isReady = (partition: string) => Promise.resolve(partition === "parent" || isOver);
    Object.assign(world.source, { isReady });
    world.start();
    await world.virtual.advance(2_000);
    const shares = () => ["parent", "child"].map((of) => world.host.budget.shareOf(world.account(of).key));
    assert.equal(shares()[0], 64 * 1_048_576);
    isOver = true;
    await world.virtual.advance(2_000);
    assert.deepEqual(shares(), [32 * 1_048_576, 32 * 1_048_576]);
  });

  it("begin when a part appears", async () => {
    const world = worldWith(1);
    await world.virtual.advance(1_000);
    world.source.put("later", 3);
    await world.virtual.advance(16_000);
    assert.equal(world.counts("later").counted, 3);
  });
});
