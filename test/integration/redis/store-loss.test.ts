import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { entityKeys, markKey, MEMBER_KEYS } from "../../../runtime/redis/redis-keys.ts";
import { connect } from "../../../runtime/service-client/connect.ts";
import { eventually } from "../../support/eventually.ts";
import { RedisNode } from "../../support/redis-node.ts";
import type { NodeChanges } from "../../support/redis-node.ts";
import { RedisServer } from "../../support/redis-server.ts";

const LIMIT_MS = 240_000;
const IDS = ["one", "two", "three", "four"];

const epochOf = (redis: RedisServer, id: string): number =>
  Number(redis.cli("hget", entityKeys({ type: "fsync-register", id }).own, "e"));

describe("a Redis that has lost what it held", { timeout: LIMIT_MS }, () => {
  let redis: RedisServer;
  const nodes: RedisNode[] = [];
  let epochs: number[] = [];
  let incarnations: string[] = [];

  before(async () => {
    redis = await RedisServer.start();
    for (const name of ["a", "b"]) await start(name);
    for (const node of nodes) await eventually(() => node.seesUp(), 2);
    for (const id of IDS) await eventually(() => first().enter("fsync", id, 1), "entered");
    epochs = IDS.map((id) => epochOf(redis, id));
    incarnations = nodes.map(({ incarnation }) => incarnation);
  });
  after(async () => {
    for (const node of nodes) await node.stop();
    await redis.stop();
  });

  async function start(name: string, changes?: NodeChanges): Promise<RedisNode> {
    const node = await RedisNode.start(name, redis.url, changes);
    nodes.push(node);
    return node;
  }

  const first = (): RedisNode => nodes[0] ?? assert.fail("no node");

  it("has its members again at once, under the names that they had", async () => {
    redis.cli("flushall");
    await eventually(() => redis.cli("hlen", MEMBER_KEYS.nodes), "2");
    for (const node of nodes) await eventually(() => node.seesUp(), 2);
    assert.deepEqual(
      nodes.map(({ incarnation }) => incarnation),
      incarnations,
    );
  });

  it("begins no entity anew of which it held something, and none of which it may have: nobody can tell", async () => {
    for (const id of [...IDS, "never-seen"]) {
      await eventually(() => first().enter("fsync", id, 2), "stateLost");
      assert.equal(redis.cli("exists", entityKeys({ type: "fsync-register", id }).log), "0");
    }
    await eventually(() => nodes.every((node) => node.hasLogged("cluster.stateLost")), true);
  });

  it("begins those that nobody was promised to be kept", async () => {
    await eventually(() => first().enter("memory", "anew", 1), "entered");
  });

  it("is known to have lost something by a node that starts later, too", async () => {
    const late = await start("late");
    await eventually(() => late.hasLogged("cluster.stateLost"), true);
    await eventually(() => late.enter("fsync", "of-the-late", 1), "stateLost");
  });

  it("is a new one for the whole cluster once a node has accepted that, and epochs are higher than before", async () => {
    const node = await start("accepting", { "cluster.allowColdStart": "true" });
    assert.ok(node.hasLogged("cluster.coldStart"));
    for (const id of IDS) await eventually(() => first().enter("fsync", id, 7), "entered");
    await eventually(() => first().numbers("fsync", "one"), [7]);
    for (const [at, id] of IDS.entries()) assert.ok(epochOf(redis, id) > (epochs[at] ?? Infinity));
    const found = () => nodes.slice(0, 3).map((other) => other.hasLogged("cluster.stateFound"));
    await eventually(found, [true, true, true]);
  });

  it("has lost nothing when it was only restarted", async () => {
    await redis.kill("SIGKILL");
    await redis.start();
    await eventually(() => first().enter("fsync", "one", 8), "entered");
    await eventually(() => first().numbers("fsync", "one"), [7, 8]);
    await eventually(() => first().enter("fsync", "new-after-restart", 1), "entered");
  });

  it("is no place for a cluster of another name", async () => {
    const other = RedisNode.start("other", redis.url, { "cluster.name": "green" });
    await assert.rejects(other, /belongs to the cluster banyan, and not to green: .*database of its own/);
    const service = connect({ redis: redis.url, cluster: "green" });
    await assert.rejects(service, /belongs to the cluster banyan, and not to green/);
  });

  it("tells of the mark of another cluster that it meets while it runs, once, and that it is gone", async () => {
    const told = () => first().log.lines.filter(({ event }) => event.startsWith("cluster.storeForeign"));
    const name = redis.cli("hget", markKey(0), "name");
    redis.cli("hset", markKey(0), "name", "green");
    await eventually(() => told().length, 1);
    assert.match(String(told()[0]?.fields["why"]), /belongs to the cluster green, and not to banyan/);
    redis.cli("hset", markKey(0), "name", name);
    await eventually(() => first().hasLogged("cluster.storeOwn"), true);
    assert.equal(told().length, 1);
  });
});
