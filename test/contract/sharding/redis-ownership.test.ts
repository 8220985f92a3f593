import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { entityKeys } from "../../../runtime/redis/redis-keys.ts";
import type { RedisLink } from "../../../runtime/redis/redis-link.ts";
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
