import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { RedisLink } from "../../../runtime/redis/redis-link.ts";
import type { RedisCommands } from "../../../runtime/redis/redis-connection.ts";
import { readRedisFacts } from "../../../runtime/redis/redis-facts.ts";
import { redisFitness } from "../../../runtime/redis/redis-fitness.ts";
import { VirtualClock } from "../../../runtime/time/virtual-clock.ts";
import { CutProxy } from "../../support/cut-proxy.ts";
import { eventually } from "../../support/eventually.ts";
import { LogRecord } from "../../support/log-record.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisServer } from "../../support/redis-server.ts";

const LIMIT_MS = 60_000;

describe("exclusive connections", { timeout: LIMIT_MS }, () => {
  const clock = new VirtualClock();
  const log = new LogRecord();
  let server: RedisServer;
  let link: RedisLink;
  before(async () => {
    server = await RedisServer.start();
    link = await RedisLink.open({ url: server.url, name: "test", clock, log });
  });
  after(async () => {
    await link.close();
    await server.stop();
  });

  /** Connections of this kind, as the server sees them. */
  const connected = (): number =>
    server.cli("client", "list").match(/name=banyan:test:exclusive/g)?.length ?? 0;

  it("are lent to one at a time, and come back when the task ends", async () => {
    const ids = [];
    for (let n = 0; n < 3; n++) ids.push(await link.use("counter", (redis) => redis.command("client", "id")));
    assert.equal(new Set(ids).size, 1, "the same one is lent again");
    const both = await Promise.all(
      [1, 2].map(() => link.use("pair", (redis) => redis.command("client", "id"))),
    );
    assert.equal(new Set(both).size, 2, "two at a time have one each");
    assert.deepEqual(link.holders(), []);
  });

  it("are of no use to a holder whose task has ended", async () => {
    let kept: RedisCommands | undefined;
    await link.use("keeper", async (redis) => {
      kept = redis;
    });
    await assert.rejects(async () => kept?.command("ping"), /given back/);
  });

  it("that are lost while they are held end for their holder: what it watched is forgotten with them", async () => {
    await link.use("watcher", async (redis) => {
      await redis.command("watch", "k");
      server.cli("client", "kill", "id", String(await redis.command("client", "id")));
      const asked = (): Promise<unknown> =>
        redis.command("ping").then(
          () => "answered",
          (error: unknown) => String(error).includes("lost while it was held"),
        );
      await eventually(asked, true);
    });
  });

  it("come back clean: one that is left inside of a transaction is not lent again", async () => {
    const first = await link.use("untidy", async (redis) => {
      const id = await redis.command("client", "id");
      await redis.command("multi");
      return id;
    });
    assert.notEqual(await link.use("next", (redis) => redis.command("client", "id")), first);
  });

  it("end with a task that fails, and the failure is the answer", async () => {
    await link.use("before", (redis) => redis.command("ping"));
    const failing = link.use("failing", () => Promise.reject(new TypeError("a bug")));
    await assert.rejects(failing, TypeError);
    await eventually(connected, 0);
  });

  it("that are held for longer than a second are told with the name of the holder, once", async () => {
    let end = (): void => {};
    let hasBegun = false;
    const held = link.use("slow report", async () => {
      hasBegun = true;
      await new Promise<void>((resolve) => (end = resolve));
    });
    await eventually(() => hasBegun, true);
    clock.advance(999);
    assert.deepEqual(
      log.lines.filter(({ event }) => event === "redis.held"),
      [],
    );
    clock.advance(2000);
    assert.deepEqual(link.holders(), [{ name: "slow report", forMs: 2999 }]);
    end();
    await held;
    clock.advance(5000);
    assert.deepEqual(
      log.lines.filter(({ event }) => event === "redis.held").map(({ fields }) => fields["holder"]),
      ["slow report"],
    );
    assert.deepEqual(link.holders(), []);
  });

  it("are eight at most; who waits for too long is refused, the next gets the first that is free", async () => {
    const ends: (() => void)[] = [];
    const eight = Array.from({ length: 8 }, (_, n) =>
      link.use(`holder ${n}`, () => new Promise<void>((resolve) => ends.push(resolve))),
    );
    await eventually(() => ends.length, 8);
    const impatient = assert.rejects(
      link.use("ninth", async () => {}),
      {
        code: "redisUnavailable",
        message: /ninth.*all 8 are held/,
      },
    );
    clock.advance(5000);
    await impatient;
    const patient = link.use("tenth", (redis) => redis.command("ping"));
    ends[0]!();
    assert.equal(await patient, "PONG");
    for (const end of ends) end();
    await Promise.all(eight);
    assert.equal(connected() <= 8, true);
  });
});

describe("a subscriber", { timeout: LIMIT_MS }, () => {
  let server: RedisServer;
  let proxy: CutProxy;
  let link: RedisLink;
  const log = new LogRecord();
  before(async () => {
    server = await RedisServer.start();
    proxy = await CutProxy.open(server.port);
    link = await openRedis({ url: proxy.url.replace("http", "redis") }, log);
  });
  after(async () => {
    await link.close();
    await proxy.close();
    await server.stop();
  });
  const say = (channel: string, text: string): string => server.cli("spublish", channel, text);

  it("hears its channels until it leaves them", async () => {
    const subscriber = await link.subscriber("plain");
    const heard: string[] = [];
    const leave = [
      await subscriber.subscribe("a", (message) => heard.push(`1 ${message.toString()}`)),
      await subscriber.subscribe("a", (message) => heard.push(`2 ${message.toString()}`)),
    ];
    say("a", "x");
    await eventually(() => heard, ["1 x", "2 x"]);
    await leave[0]!();
    say("a", "y");
    await eventually(() => heard.slice(2), ["2 y"]);
    await leave[1]!();
    assert.equal(say("a", "z"), "0");
  });

  it("hears again after its connection was lost, and tells that it may have missed something", async () => {
    const subscriber = await link.subscriber("again");
    let readies = 0;
    subscriber.onReady(() => readies++);
    const heard: string[] = [];
    await subscriber.subscribe("b", (message) => heard.push(message.toString()));
    proxy.cut();
    await eventually(() => subscriber.isHearing, false);
    proxy.mend();
    await eventually(() => readies, 1);
    say("b", "back");
    await eventually(() => heard, ["back"]);
  });

  it("refuses everybody who subscribes while there is no connection, also to the same channel", async () => {
    const subscriber = await link.subscriber("refusing");
    proxy.cut();
    await eventually(() => subscriber.isHearing, false);
    const refused = [1, 2].map(() =>
      assert.rejects(
        subscriber.subscribe("d", () => {}),
        { code: "redisUnavailable" },
      ),
    );
    await Promise.all(refused).finally(() => proxy.mend());
    await eventually(() => subscriber.isHearing, true);
  });

  it("that only looks connected is found deaf by its canary, and so are the other connections", async () => {
    const subscriber = await link.subscriber("deaf");
    const heard: string[] = [];
    await subscriber.subscribe("c", (message) => heard.push(message.toString()));
    await eventually(() => link.control.isReady && link.commands.isReady, true);
    const linesBefore = log.lines.length;
    const generation = link.commands.generation;
    proxy.deafen();
    await eventually(() => link.commands.generation > generation, true);
    await eventually(() => {
      say("c", "now");
      return heard.includes("now");
    }, true);
    const deaf = log.lines.slice(linesBefore).filter(({ event }) => event === "redis.deaf");
    assert.ok(deaf.some(({ fields }) => fields["purpose"] === "subscriber"));
  });

  it("of a Redis Cluster hears, too", async () => {
    const cluster = await RedisServer.clusterOfOne();
    const clusterLink = await openRedis(cluster);
    try {
      const subscriber = await clusterLink.subscriber("cluster");
      const heard: string[] = [];
      await subscriber.subscribe("{t:x#0}:say", (message) => heard.push(message.toString()));
      await eventually(() => {
        cluster.cli("spublish", "{t:x#0}:say", "hello");
        return heard.includes("hello");
      }, true);
    } finally {
      await clusterLink.close();
      await cluster.stop();
    }
  });
});

describe("a link", { timeout: LIMIT_MS }, () => {
  it("to a URL that means nothing is refused in words", async () => {
    await assert.rejects(openRedis({ url: "redis://a:b" }), {
      code: "redisUnfit",
      message: /host 1 should be/,
    });
  });

  it("reads blocking on a connection of its own", async () => {
    const server = await RedisServer.start();
    const link = await openRedis(server);
    try {
      const reader = await link.blockingReader("inbox");
      const read = reader.command("xread", "BLOCK", 5000, "STREAMS", "s", "$");
      assert.equal(await link.commands.command("ping"), "PONG");
      await link.commands.command("xadd", "s", "1-0", "f", "v");
      assert.deepEqual(await read, [["s", [["1-0", ["f", "v"]]]]]);
      assert.equal(await reader.command("xread", "BLOCK", 50, "STREAMS", "s", "$"), null);
    } finally {
      await link.close();
      await server.stop();
    }
  });

  it("shows how a server is set up, and which durability that makes", async () => {
    const { primary, replica } = await RedisServer.pair({ "maxmemory-policy": "allkeys-lru" });
    const links = [await openRedis(primary), await openRedis(replica)];
    try {
      const [first, second] = await Promise.all(links.map((link) => readRedisFacts(link.control)));
      const [atPrimary] = first!.map((facts) => redisFitness(facts, "replicated"));
      assert.equal(atPrimary!.strongest, "replicated");
      assert.match(atPrimary!.problems.join(), /^maxmemory-policy is allkeys-lru/);
      assert.match(atPrimary!.warnings.join(), /min-replicas-to-write/);
      const [atReplica] = second!.map((facts) => redisFitness(facts, "memory"));
      assert.match(atReplica!.problems.join(), /takes no writes/);
      // A user who may not see the settings.
      primary.cli("acl", "setuser", "narrow", "on", ">p", "~*", "&*", "+@all", "-config");
      const narrow = await openRedis({ url: primary.url.replace("://", "://narrow:p@") });
      links.push(narrow);
      const [hidden] = (await readRedisFacts(narrow.control)).map((facts) => redisFitness(facts, "fsync"));
      assert.match(hidden!.problems.join(), /cannot be verified/);
    } finally {
      for (const link of links) await link.close();
      await primary.stop();
      await replica.stop();
    }
  });
});
