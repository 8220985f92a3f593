import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullFailure } from "../../../../../actors/logs/source.ts";
import { ConsumerGroup } from "../../../../../deploy/dev/sls/consumer-group.ts";
import { GroupWorld } from "../../../../support/group-world.ts";

const TIMEOUT_MS = 20_000;

/** Four partitions of ten records, and a consumer that has read them. */
async function joined(): Promise<GroupWorld> {
  const world = new GroupWorld("0", "1", "2", "3");
  for (const partition of ["0", "1", "2", "3"]) world.source.put(partition, 10);
  world.join();
  await world.virtual.advance(4_000);
  return world;
}

function counted(world: GroupWorld): number[] {
  return ["0", "1", "2", "3"].map((partition) => world.counts(partition).counted);
}

describe("a consumer of a group", () => {
  it("reads what the group gives to it, and tells it up to where that is counted", async () => {
    const world = await joined();
    assert.deepEqual(world.read, ["0", "1", "2", "3"]);
    assert.deepEqual(counted(world), [10, 10, 10, 10]);
    assert.equal(world.group.checkpoint("2"), "10");
    assert.equal(world.group.said[0], "holds");
  });

  it("makes the group when there is none, and says so", async () => {
    const world = new GroupWorld("0");
    world.group.automaton = undefined;
    world.join();
    await world.virtual.advance(1_000);
    assert.deepEqual([world.read, world.logged("logs.groupMade")], [["0"], 1]);
  });

  it("gives partitions to another consumer only when they are counted and the group knows up to where", async () => {
    const world = await joined();
    world.source.put("3", 5);
    world.group.beat("theirs", []);
    let isTheirs = false;
    for (let passedMs = 0; !isTheirs && passedMs < 30_000; passedMs += 100) {
      await world.virtual.advance(100);
      isTheirs = world.group.beat("theirs", []).includes("3");
      // At no moment do both have it.
      assert.ok(!isTheirs || !world.read.includes("3"));
    }
    assert.ok(isTheirs);
    assert.equal(world.group.checkpoint("3"), String(world.counts("3").counted));
    const { said } = world.group;
    const told = said.lastIndexOf(`3 is counted up to ${world.counts("3").cursor}`);
    const without = said.findIndex((one, index) => index > told && one === "holds 0 1");
    assert.ok(told > 0 && without > told, said.join("\n"));
    // Nobody else has counted anything of it yet: time blocks still wait for it.
    assert.ok(!world.counts("3").stood.includes("gone"));
    assert.deepEqual(world.read, ["0", "1"]);
  });

  it("takes over what another consumer leaves behind", async () => {
    const world = new GroupWorld("0", "1");
    world.group.beat("theirs", []);
    world.source.put("0", 3);
    world.join();
    await world.virtual.advance(1_000);
    // It is asked for one of two, and does not give it.
    assert.deepEqual(world.read, []);
    world.group.beat("theirs", ["0"]);
    await world.virtual.advance(6_000);
    assert.deepEqual(world.read, ["1"]);
    await world.virtual.advance(TIMEOUT_MS);
    assert.deepEqual(world.read, ["0", "1"]);
    assert.equal(world.counts("0").counted, 3);
  });

  it("stops reading before the group gives its partitions to others when heartbeats are lost", async () => {
    for (const trouble of ["fails", "hangs"] as const) {
      const world = await joined();
      world.group.trouble = (call) => (call === "heartbeat" ? trouble : undefined);
      await world.virtual.advance(TIMEOUT_MS - 5_000);
      assert.deepEqual(world.read, [], trouble);
      assert.equal(world.logged("logs.groupLost"), 1);
      world.source.put("1", 7);
      await world.virtual.advance(TIMEOUT_MS);
      assert.equal(world.counts("1").counted, 10);
      assert.match(world.host.ledger.source("memory").trouble?.text ?? "", /no heartbeat now|no answer in/);
      world.group.trouble = () => undefined;
      await world.virtual.advance(6_000);
      assert.deepEqual([world.read, world.counts("1").counted], [["0", "1", "2", "3"], 17]);
      assert.equal(world.host.ledger.source("memory").trouble, undefined);
    }
  });

  it("counts nothing of what it had read before its process stood still for longer than the lease", async () => {
    const world = await joined();
    world.source.put("2", 5);
    let stoodStill = false;
    world.source.trouble = ({ cursor }) => {
      // Of the reads only that which brings something.
      if (cursor === "10" && !stoodStill && world.source.records.get("2")?.length === 15) {
        stoodStill = true;
        world.virtual.clock.pause(TIMEOUT_MS + 1_000);
        world.group.beat("theirs", []);
      }
      return undefined;
    };
    await world.virtual.advance(10_000);
    assert.ok(stoodStill);
    assert.deepEqual(counted(world), [10, 10, 10, 10]);
    assert.equal(world.logged("logs.groupLost"), 1);
  });

  it("joins anew with empty hands when the group has given away what it held", async () => {
    const world = await joined();
    // The group forgets this consumer for a moment, and gives everything away.
    const { automaton } = world.group;
    assert.ok(automaton !== undefined);
    automaton.rules.timeout = 0;
    await world.virtual.advance(10);
    assert.deepEqual(world.group.beat("theirs", []), ["0", "1", "2", "3"]);
    automaton.rules.timeout = 20;
    await world.virtual.advance(6_000);
    assert.deepEqual([world.logged("logs.groupLost"), world.read], [1, []]);
    assert.equal(world.group.said.filter((one) => one === "holds").length, 2);
    // Half of it is wanted back for who has joined anew.
    assert.deepEqual(world.group.beat("theirs", ["0", "1", "2", "3"]), ["0", "1"]);
    world.group.beat("theirs", ["0", "1"]);
    await world.virtual.advance(6_000);
    assert.deepEqual(
      [world.read, counted(world)],
      [
        ["2", "3"],
        [10, 10, 10, 10],
      ],
    );
  });

  it("makes a group again that was deleted, and tells it up to where everything was counted", async () => {
    const world = await joined();
    world.group.automaton = undefined;
    world.source.put("0", 4);
    await world.virtual.advance(8_000);
    assert.deepEqual([world.logged("logs.groupLost"), world.logged("logs.groupMade")], [1, 1]);
    const made = world.group.said.indexOf("made");
    assert.match(world.group.said[made + 1] ?? "", /^0 was counted up to 1\d$/);
    assert.deepEqual([world.read, world.counts("0").counted], [["0", "1", "2", "3"], 14]);
  });

  it("tells a group that was made again of every partition, also when that fails at first", async () => {
    const world = await joined();
    world.group.automaton = undefined;
    let seeds = 0;
    world.group.trouble = (call) => (call === "seed" && ++seeds === 2 ? "fails" : undefined);
    await world.virtual.advance(10_000);
    for (const partition of ["0", "1", "2", "3"]) {
      assert.ok(world.group.said.includes(`${partition} was counted up to 10`), world.group.said.join("\n"));
    }
    assert.deepEqual(world.read, ["0", "1", "2", "3"]);
  });

  it("says that it has made a group again also when it could not tell it everything at once", async () => {
    const world = await joined();
    world.group.automaton = undefined;
    let seeds = 0;
    world.group.trouble = (call) => (call === "seed" && ++seeds < 3 ? "fails" : undefined);
    await world.virtual.advance(10_000);
    assert.equal(world.logged("logs.groupMade"), 1);
    assert.deepEqual(world.read, ["0", "1", "2", "3"]);
  });

  it("reads on after ten seconds although a group that was made again does not take a checkpoint, and says so", async () => {
    const world = await joined();
    world.group.automaton = undefined;
    world.group.trouble = (call, partition) => (call === "seed" && partition === "0" ? "fails" : undefined);
    await world.virtual.advance(8_000);
    assert.deepEqual([world.read, world.logged("logs.notCommitted")], [[], 0]);
    await world.virtual.advance(10_000);
    assert.deepEqual([world.read, world.logged("logs.notCommitted")], [["0", "1", "2", "3"], 1]);
    // The others need not wait behind it.
    assert.ok(world.group.said.includes("3 was counted up to 10"), world.group.said.join("\n"));
    assert.deepEqual(counted(world), [10, 10, 10, 10]);
  });

  it("does not count the time in which nobody answered as that in which a checkpoint was not taken", async () => {
    const world = await joined();
    world.group.automaton = undefined;
    world.group.trouble = (call, partition) => (call === "seed" && partition === "0" ? "fails" : undefined);
    await world.virtual.advance(8_000);
    world.group.trouble = (call) => (call === "join" ? "fails" : undefined);
    await world.virtual.advance(15_000);
    let refused = 0;
    world.group.trouble = (call) => (call === "seed" && refused++ < 3 ? "fails" : undefined);
    await world.virtual.advance(8_000);
    assert.equal(world.logged("logs.notCommitted"), 0);
    assert.equal(world.group.checkpoint("0"), "10");
    assert.deepEqual(world.read, ["0", "1", "2", "3"]);
  });

  it("tells a group that somebody else has made again up to where it has counted itself", async () => {
    const world = await joined();
    const { rules } = world.group.automaton ?? {};
    assert.ok(rules !== undefined);
    world.group.automaton = new ConsumerGroup(rules);
    world.group.beat("theirs", []);
    await world.virtual.advance(6_000);
    assert.deepEqual(
      ["0", "3"].map((partition) => world.group.checkpoint(partition)),
      ["10", "10"],
    );
    assert.equal(world.logged("logs.groupLost"), 1);
  });

  it("tells the group that a partition is over which it was told to be counted before that was known", async () => {
    const world = await joined();
    assert.equal(world.group.checkpoint("2"), "10");
    world.source.over.add("2");
    const before = world.group.said.length;
    await world.virtual.advance(15_000);
    assert.equal(world.group.automaton?.state(2)?.kind, "over");
    assert.deepEqual([world.read, world.counts("2").stood.at(-1)], [["0", "1", "3"], "gone"]);
    assert.ok(world.group.said.length - before < 10, world.group.said.join("\n"));
  });

  it("does not hurry when the group gives it a partition again and again that is over", async () => {
    const world = await joined();
    world.source.over.add("2");
    // It takes every checkpoint for one that is not yet the end.
    world.group.takesNoEnd = true;
    await world.virtual.advance(20_000);
    assert.ok(world.group.said.length < 40, String(world.group.said.length));
  });

  it("falls silent for as long as a lease when it gets on nowhere, so that others may", async () => {
    const world = await joined();
    world.source.trouble = () => new PullFailure("reset", "retry", "reset");
    await world.virtual.advance(45_000);
    assert.equal(world.logged("logs.groupLost"), 1);
    const beats = world.group.said.length;
    assert.deepEqual(world.read, []);
    await world.virtual.advance(3_000);
    assert.equal(world.group.said.length, beats);
    world.source.trouble = () => undefined;
    await world.virtual.advance(TIMEOUT_MS);
    assert.deepEqual(world.read, ["0", "1", "2", "3"]);
  });

  it("tells the group at its end up to where everything was counted", async () => {
    const world = await joined();
    world.source.put("1", 9);
    await world.virtual.advance(300);
    assert.equal(world.counts("1").counted, 19);
    await world.virtual.system.stop();
    await world.virtual.settle();
    assert.equal(world.group.checkpoint("1"), "19");
    assert.equal(world.source.openReaders, 0);
  });

  it("gives a partition back without a word after ten seconds when the group does not take its checkpoint", async () => {
    const world = await joined();
    world.group.trouble = (call) => (call === "commit" ? "hangs" : undefined);
    world.source.put("3", 1);
    await world.virtual.advance(1_000);
    world.group.beat("theirs", []);
    for (let second = 0; second < 25; second++) {
      await world.virtual.advance(1_000);
      world.group.beat("theirs", []);
    }
    assert.ok(world.logged("logs.notCommitted") >= 1);
    assert.deepEqual(world.read, ["0", "1"]);
  });
});
