import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { entityKey } from "../../../runtime/persistence/entity-address.ts";
import { REMINDER_BUCKETS, reminderBucketOf, reminderKeys } from "../../../runtime/redis/redis-keys.ts";
import type { RedisLink } from "../../../runtime/redis/redis-link.ts";
import { RedisReminderStore } from "../../../runtime/reminders/redis-reminder-store.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisCluster } from "../../support/redis-cluster.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { CONTRACT_IDS, reminderStoreContract } from "./reminder-store-contract.ts";

const LIMIT_MS = 120_000;
const NOW_MS = 1_700_000_000_000;
/** Nothing here is about the disk. */
const SETTINGS = { appendonly: "no" };
/** Those in which the contract has its entities. */
const BUCKETS = new Set(CONTRACT_IDS.map((id) => reminderBucketOf({ type: "room", id })));

let server: RedisServer | RedisCluster;
let link: RedisLink;
let lives = 0;

/** A process that takes from the buckets. */
async function owner(): Promise<RedisReminderStore> {
  const store = new RedisReminderStore(link.commands);
  const incarnation = `node/${++lives}`;
  await Promise.all([...BUCKETS].map((bucket) => store.own(bucket, incarnation, NOW_MS)));
  return store;
}

for (const kind of ["a redis-server", "a Redis Cluster"] as const) {
  reminderStoreContract({
    name: kind,
    async open() {
      server =
        kind === "a redis-server"
          ? await RedisServer.start(SETTINGS)
          : await RedisCluster.startWithoutReplicas(SETTINGS);
      link = await openRedis(server);
    },
    async close() {
      await link.close();
      await server.stop();
    },
    async fresh() {
      await link.commands.everywhere("flushall");
      return owner();
    },
    reborn: owner,
  });
}

describe("the buckets of reminders in Redis", { timeout: LIMIT_MS }, () => {
  const entity = { type: "room", id: "a" };
  const bucket = reminderBucketOf(entity);
  const page = { nowMs: NOW_MS, untilMs: NOW_MS, limit: 10 };

  before(async () => {
    server = await RedisServer.start(SETTINGS);
    link = await openRedis(server);
  });
  after(async () => {
    await link.close();
    await server.stop();
  });
  beforeEach(() => link.commands.command("flushall"));

  const storeOf = async (life: number): Promise<RedisReminderStore> => {
    const store = new RedisReminderStore(link.commands);
    await store.own(bucket, `n/${life}`, NOW_MS);
    return store;
  };
  const wish = { entity, stamp: { ownerEpoch: 1, seq: 1 }, dueMs: NOW_MS };

  it("are taken from by their owner alone", async () => {
    const first = await storeOf(1);
    const second = await storeOf(2);
    await first.wakeBy(wish);
    assert.deepEqual((await first.take(page)).wakes, [], "it is fenced");
    assert.equal(first.buckets.size, 0, "and knows that now");
    assert.equal((await second.take(page)).wakes.length, 1);
  });

  it("are owned with a larger epoch each time", async () => {
    const epochs: number[] = [];
    for (const life of [1, 2, 1]) {
      await storeOf(life);
      epochs.push(Number(await link.commands.command("hget", reminderKeys(bucket).own, "e")));
    }
    assert.deepEqual(
      epochs,
      [...new Set(epochs)].toSorted((a, b) => a - b),
    );
    assert.ok((epochs[0] ?? 0) > 1e15, "at least the time in microseconds");
  });

  it("pass on at once what their owner before has taken and left behind, however much", async () => {
    const first = await storeOf(1);
    const ids: string[] = [];
    for (let at = 0; ids.length < 1_200; at++) {
      if (reminderBucketOf({ type: "room", id: `r${at}` }) === bucket) ids.push(`r${at}`);
    }
    await Promise.all(ids.map((id) => first.wakeBy({ ...wish, entity: { type: "room", id } })));
    const taken = await first.take({ ...page, limit: 2_000 });
    assert.equal(taken.wakes.length, ids.length);
    // One has said since when it wants to be woken.
    await first.wakeAt({
      entity: { type: "room", id: ids[0] ?? "" },
      stamp: { ownerEpoch: 1, seq: 2 },
      dueMs: undefined,
    });
    const second = await storeOf(2);
    assert.equal((await second.take({ ...page, limit: 2_000 })).wakes.length, ids.length - 1);
  });

  it("pass it on also when there is so much that it is read in many pieces", async () => {
    const { due, firing } = reminderKeys(bucket);
    const count = 20_000;
    const ids = Array.from({ length: count }, (_, at) => entityKey({ type: "room", id: `r${at}` }));
    for (let at = 0; at < count; at += 1_000) {
      const some = ids.slice(at, at + 1_000);
      await link.commands.command("zadd", due, ...some.flatMap((id) => [NOW_MS + 30_000, id]));
      await link.commands.command("hset", firing, ...some.flatMap((id) => [id, "1"]));
    }
    await storeOf(1);
    assert.equal(await link.commands.command("hlen", firing), 0);
    assert.equal(await link.commands.command("zcount", due, "-inf", NOW_MS), count);
  });

  it("hear of what other processes write without being told", async () => {
    const store = await storeOf(1);
    assert.deepEqual((await store.take(page)).wakes, []);
    await new RedisReminderStore(link.commands).wakeBy(wish);
    const later = { ...page, nowMs: NOW_MS + 1_000, untilMs: NOW_MS + 1_000 };
    assert.equal((await store.take(later)).wakes.length, 1);
  });

  it("spread entities evenly", () => {
    const counts = new Array<number>(REMINDER_BUCKETS).fill(0);
    for (let at = 0; at < 25_600; at++) counts[reminderBucketOf({ type: "room", id: `room-${at}` })]!++;
    assert.ok(
      Math.min(...counts) > 40 && Math.max(...counts) < 200,
      `${Math.min(...counts)} to ${Math.max(...counts)}`,
    );
  });
});
