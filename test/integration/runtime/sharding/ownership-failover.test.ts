import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { SAFE_LEASE } from "../../../../runtime/membership/lease.ts";
import { RedisMembershipTable } from "../../../../runtime/membership/redis-membership-table.ts";
import type { EntityAddress } from "../../../../runtime/persistence/entity-address.ts";
import type { RedisLink } from "../../../../runtime/redis/redis-link.ts";
import type { EntityOwner, Ownership } from "../../../../runtime/sharding/ownership.ts";
import { RedisOwnership } from "../../../../runtime/sharding/redis-ownership.ts";
import { newcomer } from "../../../support/member-facts.ts";
import { openRedis } from "../../../support/open-redis.ts";
import { RedisServer } from "../../../support/redis-server.ts";

const LIMIT_MS = 120_000;
const ROOMS = Array.from({ length: 50 }, (_, index) => ({ type: "room", id: `room ${index}` }));

/** A primary whose replica looks for another one from some moment on, and is then made the primary in its place. */
describe("ownership after a failover that has lost the latest claims", { timeout: LIMIT_MS }, () => {
  let servers: { primary: RedisServer; replica: RedisServer };
  const links: RedisLink[] = [];
  let old: Ownership;
  let promoted: Ownership;
  let earlier: EntityOwner[];
  let lost: EntityOwner[];
  let sources: (string | undefined)[];
  let versions: number[];

  before(async () => {
    servers = await RedisServer.pair();
    const { primary, replica } = servers;
    links.push(await openRedis(primary));
    const [first] = links;
    assert.ok(first !== undefined);
    old = new RedisOwnership(first.control);
    const table = new RedisMembershipTable(first.control, { lease: SAFE_LEASE });
    earlier = await Promise.all(ROOMS.map((entity) => claimed(old, entity, "a")));
    const joined = await table.join(newcomer("a"));
    await first.control.command("wait", 1, 5_000);

    // From here on the replica misses everything.
    replica.cli("replicaof", "127.0.0.1", "1");
    lost = await Promise.all(ROOMS.map((entity, index) => claimed(old, entity, "b", earlier[index])));
    await table.join(newcomer("b"));
    const lastVersion = (await table.read()).version;
    await primary.kill();
    replica.cli("replicaof", "no", "one");
    await replica.untilInfo("replication", /role:master/);

    links.push(await openRedis(replica));
    const second = links[1];
    assert.ok(second !== undefined);
    promoted = new RedisOwnership(second.control);
    const tableAfter = new RedisMembershipTable(second.control, { lease: SAFE_LEASE });
    const again = await tableAfter.join(newcomer("a"));
    await tableAfter.join(newcomer("c"));
    versions = [lastVersion, (await tableAfter.read()).version];
    sources = [joined, again].map((answer) => (answer.kind === "joined" ? answer.source : undefined));
  });

  after(async () => {
    for (const link of links) await link.close();
    await servers.primary.stop();
    await servers.replica.stop();
  });

  it("names another source, by which the nodes notice it", () => {
    assert.notEqual(sources[0], sources[1]);
    assert.ok(sources.every((source) => source !== undefined));
  });

  it("has another, larger number of the view, though it lost the one before", () => {
    assert.ok((versions[1] ?? 0) > (versions[0] ?? 0), versions.join(" "));
  });

  it("shows the owners before those that were lost", async () => {
    assert.deepEqual(await promoted.lookup(at(ROOMS, 0)), earlier[0]);
  });

  it("lets the lost owners say again what they own", async () => {
    for (const [index, entity] of ROOMS.slice(0, 25).entries()) {
      const owner = at(lost, index);
      assert.deepEqual(await promoted.reassert({ entity, owner }), { kind: "held" });
      const stale = { entity, owner: at(earlier, index) };
      assert.deepEqual(await promoted.reassert(stale), { kind: "fenced", by: owner });
    }
  });

  it("gives those who did not say so larger epochs than the lost ones, and fences the lost owners", async () => {
    for (const [index, entity] of ROOMS.entries()) {
      if (index < 25) continue;
      const next = await claimed(promoted, entity, "c", earlier[index]);
      assert.ok(next.ownerEpoch > at(lost, index).ownerEpoch, `${next.ownerEpoch}`);
      const late = await promoted.reassert({ entity, owner: at(lost, index) });
      assert.deepEqual(late, { kind: "fenced", by: next });
    }
  });

  it("gives larger epochs than ever after everything was lost", async () => {
    servers.replica.cli("flushall");
    for (const [index, entity] of ROOMS.entries()) {
      const next = await claimed(promoted, entity, "d");
      assert.ok(next.ownerEpoch > at(lost, index).ownerEpoch);
    }
  });
});

async function claimed(
  ownership: Ownership,
  entity: EntityAddress,
  node: string,
  last?: EntityOwner,
): Promise<EntityOwner> {
  const claim = { entity, node, incarnation: `${node}/1` };
  const answer = await ownership.claim(last === undefined ? claim : { ...claim, after: last });
  assert.ok(answer.kind === "claimed");
  return answer.owner;
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  assert.ok(item !== undefined);
  return item;
}
