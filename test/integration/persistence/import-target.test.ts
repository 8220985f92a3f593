import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, it } from "node:test";
import { openRedisTarget } from "../../../deploy/journal/import-targets.ts";
import { loadSettings } from "../../../deploy/settings.ts";
import { markKey } from "../../../runtime/redis/redis-keys.ts";
import { RedisServer } from "../../support/redis-server.ts";
import type { RedisSettings } from "../../support/redis-server.ts";

const SETTINGS = loadSettings({ folder: tmpdir(), environment: {}, flags: [] });

/** What becomes of opening a Redis like this for an import: `open`, or the refusal. */
async function opening(settings: RedisSettings, prepare: (redis: RedisServer) => void = () => undefined) {
  const redis = await RedisServer.start(settings);
  try {
    prepare(redis);
    const opened = await openRedisTarget(SETTINGS, redis.url);
    await opened.close();
    return "open";
  } catch (error) {
    return (error as Error).message;
  } finally {
    await redis.stop();
  }
}

describe("a Redis that a journal is to be imported into", () => {
  it("is opened when a node would start on it", async () => {
    assert.equal(await opening({}), "open");
  });

  it("is refused when it would forget what was imported: by eviction, or at its end", async () => {
    assert.match(await opening({ "maxmemory-policy": "allkeys-lru" }), /cannot be used:\n +.*allkeys-lru/);
    assert.match(await opening({ appendonly: "no" }), /cannot be used:\n +.*append-only/);
  });

  it("is refused when it belongs to another cluster", async () => {
    const foreign = (redis: RedisServer): void => void redis.cli("hset", markKey(0), "name", "green");
    assert.match(await opening({}, foreign), /belongs to the cluster green, and cluster\.name is banyan/);
  });
});
