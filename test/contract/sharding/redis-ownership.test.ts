import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { isFault } from "../../../runtime/fault.ts";
import { LoadsAhead } from "../../../runtime/persistence/loads-ahead.ts";
import { RedisJournal } from "../../../runtime/persistence/redis-journal.ts";
import type { StoredAhead } from "../../../runtime/persistence/redis-records.ts";
import { entityKeys } from "../../../runtime/redis/redis-keys.ts";
import type { RedisLink } from "../../../runtime/redis/redis-link.ts";
import type { EntityOwner } from "../../../runtime/sharding/ownership.ts";
import { RedisOwnership } from "../../../runtime/sharding/redis-ownership.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisCluster } from "../../support/redis-cluster.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { TableTime, TimedRedis } from "../../support/table-time.ts";
import { ownershipContract } from "./ownership-contract.ts";

const ROOM = { type: "room", id: "lobby" };
/** Nothing here is about the disk. */
const SETTINGS = { appendonly: "no" };

let server: RedisServer | RedisCluster;
let link: RedisLink;

function onRedis(name: string, start: () => Promise<RedisServer | RedisCluster>) {
  return {
    name,
    async open() {
      server = await start();
      link = await openRedis(server);
    },
    async close() {
      await link.close();
      await server.stop();
    },
    async fresh(time: TableTime) {
      await link.control.everywhere("flushall");
      return new RedisOwnership(new TimedRedis(link.control, time));
    },
  };
}

ownershipContract(onRedis("Redis", () => RedisServer.start(SETTINGS)));
ownershipContract(onRedis("Redis Cluster", () => RedisCluster.startWithoutReplicas(SETTINGS)));

describe("an owner in Redis", () => {
  const single = onRedis("", () => RedisServer.start(SETTINGS));
  before(() => single.open());
  after(() => single.close());

  const claimed = async (ownership: RedisOwnership) => {
    const answer = await ownership.claim({ entity: ROOM, node: "a", incarnation: "a/1" });
    assert.ok(answer.kind === "claimed");
    return answer.owner;
  };

  it("has an epoch by the clock of Redis", async () => {
    const ownership = await single.fresh(new TableTime());
    const micros = async (): Promise<number> => {
      const [seconds, rest] = (await link.control.command("time")) as [string, string];
      return Number(seconds) * 1_000_000 + Number(rest);
    };
    const earliest = await micros();
    const { ownerEpoch } = await claimed(new RedisOwnership(link.control));
    assert.ok(ownerEpoch >= earliest && ownerEpoch <= (await micros()));
    assert.equal((await ownership.lookup(ROOM))?.ownerEpoch, ownerEpoch);
  });

  it("leaves its epoch behind where there is state, and nothing where there is none", async () => {
    const time = new TableTime();
    const ownership = await single.fresh(time);
    const { own, state } = entityKeys(ROOM);
    await ownership.release({ entity: ROOM, owner: await claimed(ownership) });
    assert.equal(await link.control.command("exists", own), 0);

    await link.control.command("hset", state, "v", 1);
    const second = await claimed(ownership);
    await ownership.release({ entity: ROOM, owner: second });
    assert.deepEqual(await link.control.command("hgetall", own), { e: String(second.ownerEpoch) });
    time.ms -= 3_600_000;
    assert.equal((await claimed(ownership)).ownerEpoch, second.ownerEpoch + 1);
  });

  it("does not expire", async () => {
    const ownership = await single.fresh(new TableTime());
    await claimed(ownership);
    assert.equal(await link.control.command("ttl", entityKeys(ROOM).own), -1);
  });
});

describe("claims in Redis", () => {
  const single = onRedis("", () => RedisServer.start(SETTINGS));
  before(() => single.open());
  after(() => single.close());

  const WHO = { node: "a", incarnation: "a/1" };
  const rooms = (count: number) => Array.from({ length: count }, (_, at) => ({ type: "room", id: `${at}` }));

  async function withJournal() {
    await link.control.everywhere("flushall");
    const ahead: StoredAhead = new LoadsAhead();
    const journal = await RedisJournal.open(link, { ahead });
    return { ahead, journal, ownership: new RedisOwnership(link.control, ahead) };
  }

  async function stored(journal: RedisJournal, owner: EntityOwner, sizes: readonly number[]): Promise<void> {
    for (const [expectedVersion, size] of sizes.entries()) {
      const bytes = new Uint8Array(size).fill(expectedVersion + 1);
      const append = { entity: ROOM, owner, expectedVersion, bytes, atMs: 7, durability: "memory" as const };
      assert.equal((await journal.append(append)).kind, "appended");
    }
  }

  async function claimedRoom(ownership: RedisOwnership, last?: EntityOwner): Promise<EntityOwner> {
    const claim = { entity: ROOM, ...WHO };
    const answer = await ownership.claim(last === undefined ? claim : { ...claim, after: last });
    assert.ok(answer.kind === "claimed");
    return answer.owner;
  }

  it("of one turn go to the server in one piece, and each is decided by itself", async () => {
    const { journal, ownership } = await withJournal();
    const [taken, broken, ...free] = rooms(100);
    assert.ok(taken !== undefined && broken !== undefined);
    await ownership.claim({ entity: taken, node: "b", incarnation: "b/1" });
    await link.control.command("set", entityKeys(broken).own, "no hash");
    const calls = async (): Promise<number> => {
      const info = String(await link.control.command("info", "commandstats"));
      return Number(/cmdstat_evalsha:calls=(\d+)/.exec(info)?.[1] ?? 0);
    };
    const earlier = await calls();
    const claims = await Promise.allSettled(
      [taken, broken, ...free].map((entity) => ownership.claim({ entity, ...WHO })),
    );
    assert.equal(await calls(), earlier + 2, "64 in one, and the rest");
    const kinds = claims.map((one) => (one.status === "fulfilled" ? one.value.kind : one.status));
    assert.deepEqual(kinds, ["owned", "rejected", ...free.map(() => "claimed")]);
    assert.ok(claims[1]?.status === "rejected" && isFault(claims[1].reason, "redisRefused"));
    await journal.close();
  });

  it("wait for each other when there are very many, and all come through", async () => {
    const { journal, ownership } = await withJournal();
    const many = rooms(3_000);
    const claims = await Promise.all(many.map((entity) => ownership.claim({ entity, ...WHO })));
    assert.ok(claims.every(({ kind }) => kind === "claimed"));
    await journal.close();
  });

  it("bring along what is stored, in whose name, and once", async () => {
    const { journal, ownership } = await withJournal();
    const first = await claimedRoom(ownership);
    assert.deepEqual(journal.loadedAhead(ROOM), { owner: first, version: 0, records: [] });
    await stored(journal, first, [3, 3]);
    const owner = await claimedRoom(ownership, first);
    const ahead = journal.loadedAhead(ROOM);
    assert.deepEqual(ahead?.owner, owner);
    assert.equal(ahead.version, 2);
    assert.deepEqual(
      ahead.records.map(({ version, atMs, bytes }) => [version, atMs, [...bytes]]),
      [
        [1, 7, [1, 1, 1]],
        [2, 7, [2, 2, 2]],
      ],
    );
    assert.equal(journal.loadedAhead(ROOM), undefined);
    await journal.snapshot({ entity: ROOM, owner, version: 1, bytes: Buffer.from("state"), keepFrom: 2 });
    await claimedRoom(ownership, owner);
    const behind = journal.loadedAhead(ROOM);
    assert.deepEqual(behind?.snapshot, { version: 1, bytes: Buffer.from("state") });
    assert.deepEqual(
      behind.records.map(({ version }) => version),
      [2],
    );
    await journal.close();
  });

  it("bring nothing along of what is large: it would hold up the leases", async () => {
    const { journal, ownership } = await withJournal();
    const first = await claimedRoom(ownership);
    await stored(journal, first, [10, 70_000]);
    const second = await claimedRoom(ownership, first);
    assert.equal(journal.loadedAhead(ROOM), undefined);
    const bytes = Buffer.alloc(70_000);
    await journal.snapshot({ entity: ROOM, owner: second, version: 2, bytes, keepFrom: 3 });
    await claimedRoom(ownership, second);
    assert.equal(journal.loadedAhead(ROOM), undefined);
    assert.equal((await journal.load(ROOM)).version, 2);
    await journal.close();
  });

  it("bring nothing along once something was written after them", async () => {
    const { ahead, journal, ownership } = await withJournal();
    const owner = await claimedRoom(ownership);
    await Promise.all([
      journal.append({
        entity: ROOM,
        owner,
        expectedVersion: 0,
        bytes: Buffer.from("r"),
        atMs: 7,
        durability: "memory",
      }),
      Promise.resolve().then(() => assert.equal(ahead.take(ROOM), undefined)),
    ]);
    await journal.close();
  });
});
