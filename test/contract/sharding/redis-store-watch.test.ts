import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { RedisLink } from "../../../runtime/redis/redis-link.ts";
import { HASH_SLOTS, slotOf } from "../../../runtime/redis/key-slot.ts";
import { entityKeys, MARK_PARTS, markKey } from "../../../runtime/redis/redis-keys.ts";
import { RedisStoreWatch } from "../../../runtime/sharding/redis-store-watch.ts";
import { CountingLog } from "../../../runtime/telemetry/counting-log.ts";
import { SILENT } from "../../../runtime/telemetry/silent-log.ts";
import { VirtualClock } from "../../../runtime/time/virtual-clock.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisServer } from "../../support/redis-server.ts";

const ROOM = { type: "room", id: "lobby" };
/** Nothing here is about the disk. */
const SETTINGS = { appendonly: "no" };

const SHAPES = {
  Redis: () => RedisServer.start(SETTINGS),
  "Redis Cluster": () => RedisServer.clusterOfOne(SETTINGS),
};

/** In which stretch of the hash slots an entity is. */
function partOf(entity: typeof ROOM): number {
  return Math.floor((slotOf(entityKeys(entity).own) * MARK_PARTS) / HASH_SLOTS);
}

for (const [shape, start] of Object.entries(SHAPES)) {
  describe(`a watch on a ${shape}`, () => {
    let redis: RedisServer;
    let link: RedisLink;
    const isCluster = shape === "Redis Cluster";
    before(async () => {
      redis = await start();
      link = await openRedis({ url: isCluster ? redis.url.replace("redis:", "redis+cluster:") : redis.url });
    });
    after(async () => {
      await link.close();
      await redis.stop();
    });

    /** It looks only when it is asked. */
    const opened = ({ wallMs = 0, allowsColdStart = false, log = new CountingLog(SILENT) } = {}) =>
      RedisStoreWatch.open({
        redis: link.control,
        name: "banyan",
        allowsColdStart,
        lookEveryMs: 0,
        isAnybodyAlive: () => Promise.resolve(false),
        clock: new VirtualClock(wallMs),
        log,
      });

    it("begins one cluster when many nodes start at once, and nobody misses anything", async () => {
      redis.cli("flushall");
      const all = await Promise.all(Array.from({ length: 8 }, () => opened()));
      await Promise.all(all.map((watch) => watch.confirmUnknown(ROOM)));
      for (const watch of all) watch.close();
    });

    it("tells a loss also when a node whose clock is years behind takes the empty store for a new one", async () => {
      redis.cli("flushall");
      const old = await opened({ wallMs: 2_000_000_000_000 });
      redis.cli("flushall");
      const late = await opened({ wallMs: 1_000_000_000_000 });
      for (const watch of [old, late]) {
        await assert.rejects(watch.confirmUnknown(ROOM), { code: "stateLost" });
        watch.close();
      }
    });

    // Only a Redis Cluster has several marks.
    if (!isCluster) return;

    it("refuses what was lost, and that alone, wherever its hash slot is by now", async () => {
      redis.cli("flushall");
      const watch = await opened();
      redis.cli("del", markKey(partOf(ROOM)));
      await assert.rejects(watch.confirmUnknown(ROOM), { code: "stateLost" });
      const ids = Array.from({ length: 100 }, (_, index) => `room-${index}`);
      const other = ids.map((id) => ({ ...ROOM, id })).find((room) => partOf(room) !== partOf(ROOM));
      await watch.confirmUnknown(other ?? assert.fail("no other"));
      watch.close();
    });

    it("tells that a loss was accepted which only the marks of the others show", async () => {
      redis.cli("flushall");
      (await opened()).close();
      redis.cli("del", markKey(7));
      const events: string[] = [];
      const log = new CountingLog(SILENT);
      log.listen((event) => void events.push(event));
      (await opened({ allowsColdStart: true, log })).close();
      assert.deepEqual(events, ["cluster.coldStart"]);
    });
  });
}
