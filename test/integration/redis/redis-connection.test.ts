import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { RedisConnection } from "../../../runtime/redis/redis-connection.ts";
import type { RedisPurpose } from "../../../runtime/redis/redis-profile.ts";
import { defineScript } from "../../../runtime/redis/redis-script.ts";
import { parseRedisUrl } from "../../../runtime/redis/redis-url.ts";
import { SILENT } from "../../../runtime/telemetry/silent-log.ts";
import { CutProxy } from "../../support/cut-proxy.ts";
import { eventually } from "../../support/eventually.ts";
import { LogRecord } from "../../support/log-record.ts";
import { RedisCluster } from "../../support/redis-cluster.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { SlowSentinel } from "../../support/slow-sentinel.ts";

const LIMIT_MS = 60_000;
const COUNT = defineScript("count", "return redis.call('INCR', KEYS[1])");

const open: { close(): Promise<void> }[] = [];

function connect(url: string, purpose: RedisPurpose = "control", log = SILENT): RedisConnection {
  const parsed = parseRedisUrl(url);
  assert.ok(parsed.kind === "target");
  const connection = new RedisConnection({ target: parsed.target, purpose, name: "a test/1" }, log);
  open.push(connection);
  return connection;
}

async function through(
  proxy: CutProxy,
  scheme = "redis",
  log = SILENT,
  purpose: RedisPurpose = "control",
): Promise<RedisConnection> {
  const connection = connect(proxy.url.replace("http", scheme), purpose, log);
  await connection.opened();
  return connection;
}

/** Waits until a connection knows why it is not made. */
function hasFailed(redis: RedisConnection): Promise<void> {
  const knows = (): Promise<boolean> =>
    redis.command("ping").then(
      () => false,
      (error: unknown) => !String(error).includes("not connected"),
    );
  return eventually(knows, true);
}

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

describe("a connection to Redis", { timeout: LIMIT_MS }, () => {
  let server: RedisServer;
  let proxy: CutProxy;
  before(async () => {
    server = await RedisServer.start();
  });
  after(() => server.stop());
  beforeEach(async () => {
    server.cli("flushall");
    proxy = await CutProxy.open(server.port);
    open.push(proxy);
  });

  it("answers text, numbers, nothing and bytes as they are", async () => {
    const redis = await through(proxy);
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    assert.equal(await redis.command("set", "k", bytes), "OK");
    assert.deepEqual(await redis.commandBytes("get", "k"), Buffer.from(bytes));
    assert.equal(await redis.command("get", "none"), null);
    assert.equal(await redis.command("strlen", "k"), 256);
    assert.match(String(await redis.command("client", "getname")), /^banyan:a_test\/1:control$/);
  });

  it("does not send a write again that had no answer, and says that its outcome is unknown", async () => {
    const redis = await through(proxy, "redis", SILENT, "commands");
    await redis.script(COUNT, ["n"], []);
    proxy.mute();
    const unanswered = [redis.command("incr", "n"), redis.script(COUNT, ["n"], [])];
    const ended = Promise.all(
      unanswered.map((each) =>
        assert.rejects(each, (fault: { code: string; details: { why: string } }) => {
          assert.equal(fault.code, "redisUnanswered");
          assert.doesNotMatch(fault.details.why, /timed out/, "at once, not after its time");
          return true;
        }),
      ),
    );
    await eventually(() => server.cli("get", "n"), "3", "both are carried out");
    proxy.cut();
    await ended;
    proxy.mend();
    await eventually(() => redis.isReady, true);
    assert.equal(await redis.command("get", "n"), "3");
    assert.equal(redis.generation, 2);
  });

  it("ends what waits in the middle of a batch as unknown, and sends nothing of it again", async () => {
    const redis = await through(proxy);
    proxy.mute();
    const batch = redis.batch([
      ["incr", "n"],
      ["incr", "n"],
    ]);
    await eventually(() => server.cli("get", "n"), "2");
    proxy.cut();
    const codes = (await batch).map((answer) => (answer as { code: string }).code);
    assert.deepEqual(codes, ["redisUnanswered", "redisUnanswered"]);
    proxy.mend();
    await eventually(() => redis.isReady, true);
    assert.equal(server.cli("get", "n"), "2");
  });

  it("refuses at once while there is no connection, and keeps nothing for later", async () => {
    const redis = await through(proxy);
    proxy.cut();
    await eventually(() => redis.isReady, false);
    await assert.rejects(redis.command("incr", "n"), { code: "redisUnavailable" });
    await assert.rejects(redis.batch([["incr", "n"]]), { code: "redisUnavailable" });
    await assert.rejects(redis.script(COUNT, ["n"], []), { code: "redisUnavailable" });
    proxy.mend();
    await eventually(() => redis.isReady, true);
    assert.equal(await redis.command("get", "n"), null);
  });

  it("gives up a server that hangs, and everything that waits for it", async () => {
    const log = new LogRecord();
    const redis = await through(proxy, "redis", log);
    server.pause();
    try {
      const waiting = [redis.command("incr", "n"), redis.command("get", "n")];
      for (const each of waiting) await assert.rejects(each, { code: "redisUnanswered" });
      await eventually(() => redis.isReady, false);
    } finally {
      server.resume();
    }
    const events = (): string[] => log.lines.map(({ event }) => event);
    await eventually(events, ["redis.ready", "redis.lost", "redis.ready"]);
  });

  it("tells each time that it is made and lost, until nobody wants to know", async () => {
    const redis = await through(proxy);
    const told: string[] = [];
    const stop = [redis.onReady(() => told.push("ready")), redis.onLost(() => told.push("lost"))];
    proxy.cut();
    await eventually(() => told.join(), "lost");
    proxy.mend();
    await eventually(() => told.join(), "lost,ready");
    for (const each of stop) each();
    redis.reconnect();
    await eventually(() => redis.generation, 3);
    assert.equal(told.join(), "lost,ready");
  });

  it("loads scripts again that the server has forgotten, in the order of the calls", async () => {
    const redis = await through(proxy);
    await redis.script(COUNT, ["n"], []);
    server.cli("script", "flush");
    const answers = await Promise.all(Array.from({ length: 20 }, () => redis.script(COUNT, ["n"], [])));
    assert.deepEqual(
      answers,
      Array.from({ length: 20 }, (_, at) => at + 2),
    );
  });

  it("says which error Redis has answered", async () => {
    const redis = await through(proxy);
    await redis.command("set", "k", "text");
    await assert.rejects(
      redis.command("lpush", "k", "x"),
      (fault: { code: string; details: { reply: string } }) => {
        assert.deepEqual([fault.code, fault.details.reply], ["redisRefused", "WRONGTYPE"]);
        return true;
      },
    );
    const [first, second] = await redis.batch([
      ["lpush", "k", "x"],
      ["get", "k"],
    ]);
    assert.equal((first as { code: string }).code, "redisRefused");
    assert.equal(second, "text");
  });

  it("leaves a server that has become a replica", async () => {
    const redis = await through(proxy);
    server.cli("replicaof", "127.0.0.1", "1");
    try {
      await assert.rejects(redis.command("set", "k", 1), { code: "redisRefused" });
      await eventually(() => redis.generation, 2, "another one is looked for");
    } finally {
      server.cli("replicaof", "no", "one");
    }
  });

  it("that cannot be made says why", async () => {
    const dead = await CutProxy.open(1);
    const url = dead.url.replace("http", "redis");
    await dead.close();
    const redis = connect(url);
    await hasFailed(redis);
    await assert.rejects(redis.opened(50), /ECONNREFUSED/);
  });
});

describe("a connection to a Redis with a password", { timeout: LIMIT_MS }, () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start({ requirepass: "tops3cret" });
  });
  after(() => server.stop());

  it("is made with the right one", async () => {
    const redis = connect(server.url.replace("redis://", "redis://:tops3cret@"));
    await redis.opened();
    assert.equal(await redis.command("ping"), "PONG");
  });

  it("is refused in words with a wrong one, or with none, and the password is not told", async () => {
    const wrong = connect(server.url.replace("redis://", "redis://:wr0ng@"));
    await hasFailed(wrong);
    await assert.rejects(wrong.opened(50), (fault: Error) => {
      assert.match(fault.message, /WRONGPASS|invalid username-password/);
      assert.doesNotMatch(fault.message, /wr0ng/);
      return true;
    });
    const none = connect(server.url);
    await hasFailed(none);
    await assert.rejects(none.opened(50), /NOAUTH/);
  });
});

describe("a connection to a Redis Cluster", { timeout: LIMIT_MS }, () => {
  let server: RedisServer;
  let proxy: CutProxy;
  before(async () => {
    server = await RedisServer.clusterOfOne();
    proxy = await CutProxy.open(server.port);
    // The node gives out the address of the proxy as its own.
    server.cli("config", "set", "cluster-announce-port", new URL(proxy.url).port);
    await server.untilCli(["cluster", "slots"], new RegExp(new URL(proxy.url).port));
  });
  after(async () => {
    await proxy.close();
    await server.stop();
  });

  it("does not send a write again that had no answer, either", async () => {
    const redis = await through(proxy, "redis+cluster");
    assert.equal(await redis.command("incr", "n"), 1);
    proxy.mute();
    const unanswered = assert.rejects(redis.command("incr", "n"), { code: "redisUnanswered" });
    await eventually(() => server.cli("get", "n"), "2");
    proxy.cut();
    await unanswered;
    proxy.mend();
    await eventually(() => redis.command("get", "n").catch(() => "not yet"), "2");
    assert.equal(server.cli("get", "n"), "2");
  });

  it("asks every primary, and runs scripts where their keys are", async () => {
    const redis = await through(proxy, "redis+cluster");
    await eventually(() => redis.isReady, true);
    assert.deepEqual(await redis.everywhere("ping"), ["PONG"]);
    server.cli("script", "flush");
    assert.equal(await redis.script(COUNT, ["{b}n"], []), 1);
  });
});

describe("a connection to a Redis Cluster of which one server hangs", { timeout: LIMIT_MS }, () => {
  it("gives up that server alone: the others are asked on as if nothing were", async () => {
    const cluster = await RedisCluster.startWithoutReplicas();
    try {
      const redis = connect(cluster.url);
      await redis.opened();
      const ids = Array.from({ length: 30 }, (_, at) => `key ${at}`);
      await Promise.all(ids.map((id) => redis.command("set", id, id)));
      const { generation } = redis;
      const hung = cluster.primaryOf("key 0");
      const others = ids.filter((id) => cluster.primaryOf(id) !== hung);
      hung.pause();
      await assert.rejects(redis.command("get", "key 0"), { code: "redisUnanswered" });
      assert.deepEqual(await Promise.all(others.map((id) => redis.command("get", id))), others);
      assert.deepEqual([redis.isReady, redis.generation], [true, generation]);
      hung.resume();
      await eventually(() => redis.command("get", "key 0").catch(() => "not yet"), "key 0");
    } finally {
      for (const one of open.splice(0)) await one.close();
      await cluster.stop();
    }
  });
});

describe("a connection behind a Sentinel", { timeout: LIMIT_MS }, () => {
  it("is made again when it hears of a failover while it asks for the primary", async () => {
    const server = await RedisServer.start();
    const sentinel = await SlowSentinel.open(server.port);
    try {
      const redis = connect(sentinel.url);
      await redis.opened();
      await eventually(() => sentinel.listeners, 1);
      const { asked } = sentinel;
      sentinel.answersAfterMs = 300;
      server.cli("client", "kill", "type", "normal");
      await eventually(() => sentinel.asked > asked, true);
      sentinel.tellOfFailover();
      await eventually(() => redis.isReady, false);
      sentinel.answersAfterMs = 0;
      await eventually(() => redis.isReady, true);
      assert.equal(await redis.command("ping"), "PONG");
    } finally {
      for (const one of open.splice(0)) await one.close();
      await sentinel.close();
      await server.stop();
    }
  });
});
