import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Durability } from "../../../runtime/persistence/journal.ts";
import { entityKeys, MEMBER_KEYS } from "../../../runtime/redis/redis-keys.ts";
import type { RedisLink } from "../../../runtime/redis/redis-link.ts";
import { RedisStoreWatch } from "../../../runtime/sharding/redis-store-watch.ts";
import type { SeenShard } from "../../../runtime/sharding/store-watch.ts";
import { SILENT } from "../../../runtime/telemetry/silent-log.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { eventually } from "../../support/eventually.ts";
import { LogRecord } from "../../support/log-record.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisCluster } from "../../support/redis-cluster.ts";
import { RedisNode } from "../../support/redis-node.ts";
import { RegisterWriter } from "../../support/register-writer.ts";

const LIMIT_MS = 240_000;
/** Longer than an entity waits between two tries. */
const BACK_WITHIN_MS = 40_000;
const WRITERS = 18;

const entity = (id: string, durability: Durability = "fsync") => ({ type: `${durability}-register`, id });
const ownKey = (id: string, durability?: Durability): string => entityKeys(entity(id, durability)).own;

function seenOf(watch: RedisStoreWatch): SeenShard[] {
  const seen: SeenShard[] = [];
  watch.onSeen((shard) => void seen.push(shard))();
  return seen;
}

describe("a cluster on a Redis Cluster of three primaries with a replica each", { timeout: LIMIT_MS }, () => {
  let redis: RedisCluster;
  const nodes: RedisNode[] = [];
  const links: RedisLink[] = [];

  before(async () => {
    redis = await RedisCluster.start();
    const changes = { "cluster.durability": "replicated" };
    for (const name of ["a", "b"]) nodes.push(await RedisNode.start(name, redis.url, changes));
    for (const node of nodes) await eventually(() => node.seesUp(), 2);
  });
  after(async () => {
    for (const node of nodes) await node.stop();
    for (const link of links) await link.close();
    await redis.stop();
  });

  async function openWatch(): Promise<RedisStoreWatch> {
    const link = await openRedis(redis);
    links.push(link);
    const open = () =>
      RedisStoreWatch.open({
        redis: link.control,
        name: "banyan",
        allowsColdStart: false,
        lookEveryMs: 60_000,
        isAnybodyAlive: async () => true,
        clock: new SystemClock(),
        log: SILENT,
      });
    for (;;) {
      const watch = await open().catch(() => undefined);
      if (watch !== undefined) return watch;
    }
  }

  /** Has registers written while something happens; then nothing that was acknowledged is missing. */
  async function under(name: string, durability: Durability, happens: () => Promise<void>): Promise<void> {
    const writers = Array.from(
      { length: WRITERS },
      (_, at) => new RegisterWriter(nodes[at % 2]!, durability, `${name}-${at}`),
    );
    await Promise.all(writers.map((writer) => writer.more(5)));
    await happens();
    await Promise.all(writers.map((writer) => writer.more(5)));
    await Promise.all(writers.map((writer) => writer.end()));
    for (const writer of writers) await writer.check();
    for (const writer of writers) await writer.check(nodes[0]);
  }

  it("loses nothing while a hash slot moves to another primary", async () => {
    await under("moved", "fsync", () => redis.moveSlot(ownKey("moved-0"), () => sleep(20)));
  });

  it("loses nothing when a replica takes over in order", async () => {
    await under("failover", "fsync", () => redis.failOver(ownKey("failover-0")));
    await redis.untilSound();
    const all = () => nodes.map((node) => node.hasLogged("cluster.storeChanged"));
    await eventually(all, [true, true], "each primary is watched, not only that of the members");
  });

  it("loses nothing that a replica had when that takes over without asking", async () => {
    await under("takeover", "replicated", () =>
      redis.failOver(ownKey("takeover-0", "replicated"), "TAKEOVER"),
    );
    await redis.untilSound();
  });

  it("loses nothing that a replica had when the primary is killed; a node that starts then knows of it", async () => {
    const key = ownKey("killed-0", "replicated");
    await under("killed", "replicated", async () => {
      const killed = await redis.kill(key);
      const watch = await openWatch();
      const [latest] = seenOf(watch).toSorted((one, other) => one.forMs - other.forMs);
      watch.close();
      await killed.start();
      assert.equal(
        latest?.shard,
        watch.shardOf(entity("killed-0", "replicated")),
        "a node that starts now knows of it",
      );
    });
    await redis.untilSound();
  });

  it("refuses only those entities whose server and its replica are gone", async () => {
    const members = redis.primaryOf(MEMBER_KEYS.nodes);
    const all = Array.from({ length: 30 }, (_, at) => `down-${at}`);
    const gone = redis.primaryOf(ownKey(all.find((id) => redis.primaryOf(ownKey(id)) !== members) ?? ""));
    const isDown = (id: string): boolean => redis.primaryOf(ownKey(id)) === gone;
    const [down, up] = [all.filter(isDown), all.filter((id) => !isDown(id))];
    await Promise.all(all.map((id) => eventually(() => nodes[0]!.enter("fsync", id, 1), "entered")));
    const both = [redis.replicaOf(ownKey(down[0] ?? "")), gone];
    for (const server of both) await server.kill("SIGKILL");
    // The inbox of a node may lie where nobody answers: then the entities that it has are reached from itself alone.
    const enter = (id: string): Promise<string> =>
      Promise.any(
        nodes.map(async (node) => {
          const outcome = await node.enter("fsync", id, 2);
          return outcome === "entered" ? outcome : Promise.reject(new Error(outcome));
        }),
      ).catch(() => "refused");
    await Promise.all(up.map((id) => eventually(() => enter(id), "entered")));
    assert.equal(await enter(down[0] ?? ""), "refused");
    const log = new LogRecord();
    const late = RedisNode.start("late", redis.url, {}, log);
    const awaited = () => log.lines.find(({ event }) => event === "cluster.storeAwaited")?.fields["servers"];
    await eventually(() => String(awaited()).includes(`127.0.0.1:${gone.port} (hash slots`), true);
    for (const server of both.toReversed()) await server.start();
    await redis.untilSound();
    await (await late).stop();
    const isBack = (id: string) => () => nodes[0]!.enter("fsync", id, 3);
    await Promise.all(down.map((id) => eventually(isBack(id), "entered", undefined, BACK_WITHIN_MS)));
  });

  it("begins no entity anew in a shard whose empty replica was promoted, and all others as always", async () => {
    const key = ownKey("emptied-0");
    const replica = redis.replicaOf(key);
    replica.cli("config", "set", "replica-read-only", "no");
    assert.equal(replica.cli("flushall"), "OK");
    const isEmptied = (id: string): boolean => redis.replicaOf(ownKey(id)) === replica;
    const ids = Array.from({ length: 24 }, (_, at) => `emptied-${at}`);
    const [lost, kept] = [ids.filter(isEmptied), ids.filter((id) => !isEmptied(id))];
    await redis.kill(key);
    const outcomes = (of: readonly string[]) => Promise.all(of.map((id) => nodes[1]!.enter("fsync", id, 1)));
    const all = (of: readonly string[], outcome: string) => of.map(() => outcome);
    await eventually(() => outcomes(kept), all(kept, "entered"));
    await eventually(() => outcomes(lost), all(lost, "stateLost"));
  });
});
