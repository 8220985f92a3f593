import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Durability } from "../../../runtime/persistence/journal.ts";
import { entityKeys, MEMBER_KEYS } from "../../../runtime/redis/redis-keys.ts";
import { eventually } from "../../support/eventually.ts";
import { RedisNode } from "../../support/redis-node.ts";
import { RedisSentinels } from "../../support/redis-sentinels.ts";
import { RegisterWriter } from "../../support/register-writer.ts";

const LIMIT_MS = 240_000;
const WRITERS = 20;

describe("a cluster behind Sentinels", { timeout: LIMIT_MS }, () => {
  let redis: RedisSentinels;
  const nodes: RedisNode[] = [];

  before(async () => {
    redis = await RedisSentinels.start();
    const changes = { "cluster.durability": "replicated" };
    for (const name of ["a", "b"]) nodes.push(await RedisNode.start(name, redis.url, changes));
    for (const node of nodes) await eventually(() => node.seesUp(), 2);
  });
  after(async () => {
    for (const node of nodes) await node.stop();
    await redis.stop();
  });

  const epochOf = (id: string, durability: Durability): number =>
    Number(redis.primary.cli("hget", entityKeys({ type: `${durability}-register`, id }).own, "e"));

  it("goes on after the primary was killed: nothing that was acknowledged as replicated is lost, and epochs grow", async () => {
    const writers = Array.from(
      { length: WRITERS },
      (_, at) => new RegisterWriter(nodes[at % 2]!, "replicated", `r${at}`),
    );
    await Promise.all(writers.map((writer) => writer.more(5)));
    const epochs = writers.map(({ id }) => epochOf(id, "replicated"));
    const killed = await redis.killPrimary();
    await Promise.all(writers.map((writer) => writer.more(5)));
    await Promise.all(writers.map((writer) => writer.end()));
    for (const writer of writers) await writer.check();
    assert.notEqual(redis.primary, killed);
    for (const [at, { id }] of writers.entries()) {
      assert.ok(epochOf(id, "replicated") >= (epochs[at] ?? Infinity));
    }
    const all = () => nodes.map((node) => node.hasLogged("cluster.storeChanged"));
    await eventually(all, [true, true], "the barrier was raised");
    await eventually(() => nodes[0]!.enter("fsync", "later", 1), "entered");
    assert.ok(epochOf("later", "fsync") > Math.max(...epochs));
  });

  it("begins no entity anew when an empty replica has taken over, and has its members again", async () => {
    const replica = redis.replica;
    replica.cli("config", "set", "replica-read-only", "no");
    assert.equal(replica.cli("flushall"), "OK");
    await redis.killPrimary();
    assert.equal(redis.primary, replica);
    await eventually(() => replica.cli("hlen", MEMBER_KEYS.nodes), "2");
    for (const node of nodes) await eventually(() => node.hasLogged("cluster.stateLost"), true);
    for (const id of ["r0", "later", "never-seen"]) {
      await eventually(() => nodes[0]!.enter("fsync", id, 9), "stateLost");
    }
  });
});
