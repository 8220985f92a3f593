import fc from "fast-check";
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { decideRemoval, MASS_WINDOW_MS } from "../../../runtime/membership/expiry-brake.ts";
import { SAFE_LEASE } from "../../../runtime/membership/lease.ts";
import { RedisMembershipTable } from "../../../runtime/membership/redis-membership-table.ts";
import { KEY_FAMILIES, MEMBER_KEYS } from "../../../runtime/redis/redis-keys.ts";
import type { RedisLink } from "../../../runtime/redis/redis-link.ts";
import { newcomer } from "../../support/member-facts.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { TableTime, TimedRedis } from "../../support/table-time.ts";
import { membershipContract } from "./membership-contract.ts";

const { ttlMs, removeAfterMs } = SAFE_LEASE;
const LIMIT_MS = 120_000;
/** On a slow machine fewer runs have to do, and the search for a smaller example ends. */
const PROPERTY_MS = 30_000;

/** Nothing here is about the disk. */
const SETTINGS = { appendonly: "no" };

let server: RedisServer;
let link: RedisLink;

membershipContract({
  name: "Redis",
  async open() {
    server = await RedisServer.start(SETTINGS);
    link = await openRedis(server);
  },
  async close() {
    await link.close();
    await server.stop();
  },
  async fresh(time, options) {
    await link.control.command("flushall");
    return new RedisMembershipTable(new TimedRedis(link.control, time), options);
  },
});

describe("the membership table in Redis", { timeout: LIMIT_MS }, () => {
  before(async () => {
    server = await RedisServer.start(SETTINGS);
    link = await openRedis(server);
  });
  after(async () => {
    await link.close();
    await server.stop();
  });

  it("times leases by the clock of Redis alone", async () => {
    await link.control.command("flushall");
    const table = new RedisMembershipTable(link.control, { lease: SAFE_LEASE });
    const redisMs = async (): Promise<number> => {
      const [seconds, micros] = (await link.control.command("time")) as [string, string];
      return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
    };
    const beforeMs = await redisMs();
    await table.join(newcomer("a"));
    await table.move("a/first", "up");
    await table.renew({ incarnation: "a/first", knownVersion: 0 });
    const afterMs = await redisMs();
    const expiryMs = Number(await link.control.command("zscore", MEMBER_KEYS.lease, "a/first"));
    assert.ok(expiryMs >= beforeMs + ttlMs && expiryMs <= afterMs + ttlMs);
    const { version } = await table.read();
    assert.ok(version >= beforeMs * 1_000 && version <= (afterMs + 1) * 1_000, String(version));
  });

  it("has a few declared keys of one slot, and none that expires by itself", async () => {
    await link.control.command("flushall");
    const time = new TableTime();
    const table = new RedisMembershipTable(new TimedRedis(link.control, time), { lease: SAFE_LEASE });
    for (const node of ["a", "b", "c", "d"]) await table.join(newcomer(node));
    time.ms += ttlMs + removeAfterMs;
    await table.join(newcomer("e"));
    await table.removeExpired();
    await table.end("a/first", "left");
    const keys = (await link.control.command("keys", "*")) as string[];
    assert.deepEqual(keys.toSorted(), Object.values(MEMBER_KEYS).toSorted());
    for (const key of keys) {
      assert.equal(await link.control.command("ttl", key), -1, key);
      assert.ok(
        KEY_FAMILIES.some(({ pattern }) => pattern === key),
        key,
      );
    }
  });

  it("removes the dead also beside rows that nobody can read", async () => {
    await link.control.command("flushall");
    const time = new TableTime();
    const table = new RedisMembershipTable(new TimedRedis(link.control, time), { lease: SAFE_LEASE });
    await table.join(newcomer("a"));
    time.ms += 60_000;
    const odd = ["{", "null", "7", "[]"];
    for (const [index, text] of odd.entries()) {
      await link.control.command("hset", MEMBER_KEYS.nodes, text, text);
      await link.control.command("zadd", MEMBER_KEYS.lease, time.ms - 60_000 - index * 5_000, text);
    }
    assert.deepEqual((await table.removeExpired()).removed.toSorted(), ["a/first", ...odd].toSorted());
    assert.deepEqual(
      (await table.read()).rows.map(({ state }) => state),
      ["dead"],
    );
  });

  it("names another source after the server was restarted", async () => {
    const table = new RedisMembershipTable(link.control, { lease: SAFE_LEASE });
    const first = await table.join({ ...newcomer("a"), incarnation: "a/x" });
    await server.kill();
    await server.start();
    await link.control.opened();
    const second = await table.join({ ...newcomer("a"), incarnation: "a/x" });
    assert.ok(first.kind === "joined" && second.kind === "joined");
    assert.notEqual(first.source, second.source);
  });

  it("decides in Lua exactly as the brake does", async () => {
    const time = new TableTime();
    const agoMs = fc.oneof(fc.nat(4_000), fc.nat(20_000), fc.integer({ min: -2_000, max: 0 }));
    const holds = fc.option(
      fc.record({
        fromMs: fc.integer({ min: -15_000, max: 0 }),
        lastsMs: fc.nat(8_000),
        servedMs: fc.nat(20_000),
      }),
      { nil: undefined },
    );
    const cases = fc.record({
      leases: fc.array(agoMs, { maxLength: 12 }),
      removed: fc.array(fc.nat(8_000), { maxLength: 6 }),
      hold: holds,
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ leases, removed, hold }) => {
        const nowMs = time.ms;
        const expiryMs = new Map(leases.map((ago, index) => [`m${index}`, nowMs - ago]));
        const known = hold && {
          fromMs: nowMs + hold.fromMs,
          untilMs: nowMs + hold.fromMs + hold.lastsMs,
          servedMs: nowMs + hold.fromMs - hold.servedMs,
        };
        await link.control.command("flushall");
        for (const [incarnation, atMs] of expiryMs) {
          await link.control.command("zadd", MEMBER_KEYS.lease, atMs, incarnation);
          await plant(incarnation, { state: "up" });
        }
        for (const [index, ago] of removed.entries()) {
          await link.control.command("zadd", MEMBER_KEYS.ended, nowMs - ago, `r${index}`);
          await plant(`r${index}`, { state: "dead", cause: "expired", atMs: nowMs - ago });
        }
        await link.control.command("zadd", MEMBER_KEYS.ended, nowMs, "left");
        await plant("left", { state: "dead", cause: "left", atMs: nowMs });
        if (known !== undefined) {
          const { fromMs, untilMs, servedMs } = known;
          await link.control.command(
            "hset",
            MEMBER_KEYS.hold,
            "from",
            fromMs,
            "until",
            untilMs,
            "served",
            servedMs,
          );
        }
        const decided = decideRemoval(
          {
            nowMs,
            expiryMs,
            removedExpiryMs: removed
              .filter((ago) => ago <= removeAfterMs + MASS_WINDOW_MS)
              .map((ago) => nowMs - ago),
            hold: known,
          },
          SAFE_LEASE,
        );
        const table = new RedisMembershipTable(new TimedRedis(link.control, time), { lease: SAFE_LEASE });
        const swept = await table.removeExpired();
        assert.deepEqual(swept.removed.toSorted(), decided.incarnations.toSorted());
        const holdAfter = await link.control.command("hmget", MEMBER_KEYS.hold, "from", "until", "served");
        const expected = decided.hold && [decided.hold.fromMs, decided.hold.untilMs, decided.hold.servedMs];
        assert.deepEqual(holdAfter, expected === undefined ? [null, null, null] : expected.map(String));
      }),
      { numRuns: 150, plugins: [fc.interruptAfterTimeLimit(PROPERTY_MS)] },
    );
  });

  async function plant(incarnation: string, row: Record<string, unknown>): Promise<void> {
    const stored = { token: "", facts: JSON.stringify({ incarnation }), joinedAtMs: 1, ...row };
    await link.control.command("hset", MEMBER_KEYS.nodes, incarnation, JSON.stringify(stored));
  }
});
