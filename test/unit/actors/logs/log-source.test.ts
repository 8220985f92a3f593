import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullFailure } from "../../../../actors/logs/source.ts";
import { PullWorld } from "../../../support/pull-world.ts";

describe("a source that cannot be listed", () => {
  it("says why for as long as that lasts, and is told of once", async () => {
    const world = new PullWorld("p");
    const { source, host } = world;
    const list = source.partitions.bind(source);
    source.partitions = () =>
      Promise.reject(new PullFailure("Unauthorized", "escalate", "the key is unknown"));
    world.start();
    await world.virtual.advance(30_000);
    const account = host.ledger.source("memory");
    assert.equal(account.trouble?.text, "the key is unknown");
    assert.deepEqual([account.partitions, world.logged("logs.unlisted")], [undefined, 1]);
    source.partitions = list;
    await world.virtual.advance(16_000);
    assert.deepEqual([account.partitions, account.trouble], [1, undefined]);
  });
});

describe("a source that stays away", () => {
  it("is asked no more often than one that answers", async () => {
    const world = new PullWorld("p");
    let asked = 0;
    world.source.partitions = () => {
      asked++;
      return Promise.reject(new PullFailure("Unauthorized", "escalate", "the key is unknown"));
    };
    world.start();
    await world.virtual.advance(60_000);
    assert.ok(asked >= 4 && asked <= 7, String(asked));
  });
});

describe("a part that a source has no more", () => {
  it("is told to be gone, so that nobody waits for it", async () => {
    const world = new PullWorld("kept", "expired");
    world.source.put("expired", 3);
    world.start();
    await world.virtual.advance(2_000);
    assert.ok(!world.counts("expired").stood.includes("gone"));
    world.source.records.delete("expired");
    await world.virtual.advance(30_000);
    assert.equal(world.counts("expired").stood.at(-1), "gone");
    assert.ok(!world.counts("kept").stood.includes("gone"));
  });
});

describe("what a node alone can read", () => {
  const stoodAtTheEnd = async (world: PullWorld) => {
    world.start();
    await world.virtual.advance(2_000);
    await world.stop();
    return world.counts("own").stood.at(-1);
  };

  it("is gone with a node that an operator has taken out of the cluster", async () => {
    const world = new PullWorld("own");
    world.isTakenOut = true;
    assert.equal(await stoodAtTheEnd(world), "gone");
  });

  it("is waited for while its node is started anew", async () => {
    assert.notEqual(await stoodAtTheEnd(new PullWorld("own")), "gone");
  });

  it("is waited for where any other node can read it", async () => {
    const world = new PullWorld("own");
    world.isTakenOut = true;
    Object.assign(world.source, { place: "anywhere" });
    assert.notEqual(await stoodAtTheEnd(world), "gone");
  });
});

describe("a part that was gone before any node came", () => {
  const worldOf = (): PullWorld => {
    const world = new PullWorld("kept");
    Object.assign(world.source, { place: "anywhere" });
    world.counted = ["kept", "expired"];
    return world;
  };

  it("is told to be gone at the first look", async () => {
    const world = worldOf();
    world.start();
    await world.virtual.advance(2_000);
    assert.deepEqual(world.counts("expired").stood, ["gone"]);
    assert.deepEqual(world.counts("kept").stood, []);
  });

  it("is told so later where it was not known at once of what there are counts", async () => {
    const world = worldOf();
    world.counted = "silent";
    world.start();
    await world.virtual.advance(5_000);
    assert.equal(world.host.ledger.source("memory").partitions, 1, "the others are read meanwhile");
    world.counted = ["expired"];
    await world.virtual.advance(20_000);
    assert.deepEqual(world.counts("expired").stood, ["gone"]);
  });

  it("is no business of a node that alone can read what it reads", async () => {
    const world = worldOf();
    Object.assign(world.source, { place: "here" });
    world.start();
    await world.virtual.advance(20_000);
    assert.deepEqual(world.counts("expired").stood, []);
  });

  it("is not one that has begun while the source was asked", async () => {
    const world = worldOf();
    world.counted = [];
    const list = world.source.partitions.bind(world.source);
    world.source.partitions = () => {
      const listed = list();
      world.counted = ["begun"];
      return listed;
    };
    world.start();
    await world.virtual.advance(20_000);
    assert.deepEqual(world.counts("begun").stood, []);
  });
});
