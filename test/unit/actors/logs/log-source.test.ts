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
