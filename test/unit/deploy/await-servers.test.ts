import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AWAIT_WITHIN_MS, awaitServers } from "../../../deploy/await-servers.ts";
import { Fault } from "../../../runtime/fault.ts";
import { LogRecord } from "../../support/log-record.ts";
import { VirtualSystem } from "../../support/virtual-system.ts";

/** A Redis Cluster of two primaries, of which some are down. */
function twoPrimaries() {
  const down = new Set<string>();
  return {
    down,
    isCluster: true,
    command: async () => [
      [0, 8191, ["10.0.0.1", 6379, "one"]],
      [8192, 16_383, ["10.0.0.2", 6379, "two"]],
    ],
    serverAt: (place: string) => async () => {
      if (down.has(place)) throw new Fault("redisUnavailable", { place });
      return "PONG";
    },
  };
}

async function start(redis: ReturnType<typeof twoPrimaries>) {
  const virtual = new VirtualSystem();
  const log = new LogRecord();
  let end = "waits";
  awaitServers(redis, virtual.clock, log).then(
    () => (end = "starts"),
    (error: unknown) => (end = (error as Error).message),
  );
  await virtual.settle();
  const lines = () => log.lines.map(({ event, fields }) => `${event} ${String(fields["servers"])}`);
  return { virtual, lines, end: () => end };
}

describe("a node that starts on a Redis Cluster", () => {
  it("goes on at once when every primary answers", async () => {
    const { lines, end } = await start(twoPrimaries());
    assert.deepEqual([end(), lines()], ["starts", []]);
  });

  it("waits for a primary that is down, says once which, and goes on when it is back", async () => {
    const redis = twoPrimaries();
    redis.down.add("10.0.0.2:6379");
    const { virtual, lines, end } = await start(redis);
    await virtual.advance(AWAIT_WITHIN_MS / 2);
    const told = ["cluster.storeAwaited 10.0.0.2:6379 (hash slots 8192-16383)"];
    assert.deepEqual([end(), lines()], ["waits", told]);
    redis.down.clear();
    await virtual.advance(1_000);
    assert.deepEqual([end(), lines()], ["starts", told]);
  });

  it("gives up in words after a while", async () => {
    const redis = twoPrimaries();
    redis.down.add("10.0.0.1:6379");
    const { virtual, end } = await start(redis);
    await virtual.advance(AWAIT_WITHIN_MS + 1_000);
    assert.match(end(), /have not answered for 30 s: 10\.0\.0\.1:6379 \(hash slots 0-8191\); start them/);
  });
});
