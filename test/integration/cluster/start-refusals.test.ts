import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { banyan, FREE_PORTS, workplace } from "../../support/node-process.ts";
import type { Ended, Workplace } from "../../support/node-process.ts";
import { RedisServer } from "../../support/redis-server.ts";

const LIMIT_MS = 240_000;
const PASSWORD = "a-secret-of-this-test";

describe("a node whose Redis is not fit does not start, and says why", { timeout: LIMIT_MS }, () => {
  let redis: RedisServer;
  let place: Workplace;
  before(async () => {
    redis = await RedisServer.start({ requirepass: PASSWORD });
    place = workplace();
  });
  after(async () => {
    await redis.stop();
    place.remove();
  });

  const urlWith = (password: string) => `redis://:${password}@127.0.0.1:${redis.port}`;
  async function refused(url: string, ...words: string[]): Promise<Ended> {
    const ended = await banyan(place.folder, ["start", "--workers", "0", ...FREE_PORTS, ...words], {
      BANYAN_CLUSTER_REDIS: url,
    });
    for (const secret of [PASSWORD, "wrong-one"]) assert.ok(!(ended.stdout + ended.stderr).includes(secret));
    return ended;
  }

  it("when the password is wrong", async () => {
    const { code, stderr } = await refused(urlWith("wrong-one"));
    assert.equal(code, 78);
    assert.match(stderr, /cluster\.redis.*WRONGPASS.*correct user name and password in cluster\.redis/);
  });

  it("when keys may be evicted, and when it keeps less than was asked for", async () => {
    redis.cli("config", "set", "maxmemory-policy", "allkeys-lru");
    redis.cli("config", "set", "appendfsync", "everysec");
    const { code, stderr } = await refused(urlWith(PASSWORD));
    assert.equal(code, 78);
    assert.match(stderr, /maxmemory-policy is allkeys-lru, .* set it to noeviction/);
    assert.match(stderr, /appendfsync is everysec: durability fsync needs always/);
    redis.cli("config", "set", "maxmemory-policy", "noeviction");
    redis.cli("config", "set", "appendfsync", "always");
  });

  it("when there is no append-only file", async () => {
    redis.cli("config", "set", "appendonly", "no");
    const { code, stderr } = await refused(urlWith(PASSWORD));
    assert.equal(code, 78);
    assert.match(stderr, /durability fsync needs the append-only file: set appendonly yes/);
    redis.cli("config", "set", "appendonly", "yes");
  });

  it("when it is a replica, and when replicas are asked for and there are none", async () => {
    const missing = await refused(urlWith(PASSWORD), "--set", "cluster.durability=replicated");
    assert.equal(missing.code, 78);
    assert.match(missing.stderr, /durability replicated needs a replica that is online, and there is none/);
    redis.cli("replicaof", "127.0.0.1", "1");
    const { code, stderr } = await refused(urlWith(PASSWORD));
    redis.cli("replicaof", "no", "one");
    assert.equal(code, 78);
    assert.match(stderr, /this is a replica, which takes no writes/);
  });

  it("when nobody listens there", async () => {
    const { code, stderr } = await refused(`redis://:${PASSWORD}@127.0.0.1:1`);
    assert.equal(code, 69);
    assert.match(stderr, /the Redis of cluster\.redis cannot be reached: connect ECONNREFUSED/);
  });

  it("when the URL means nothing, or a certificate cannot be read", async () => {
    const { code, stderr } = await refused(`http://:${PASSWORD}@127.0.0.1:1`);
    assert.equal(code, 78);
    assert.match(stderr, /cluster\.redis is no Redis URL \(not shown, it is secret\): the scheme http:\/\//);
    const certificate = ["--set", "cluster.tls.caFile=missing.pem"];
    const unread = await refused(`rediss://:${PASSWORD}@127.0.0.1:1`, ...certificate);
    assert.equal(unread.code, 78);
    assert.match(unread.stderr, /cluster\.tls\.caFile cannot be read: ENOENT/);
  });
});
