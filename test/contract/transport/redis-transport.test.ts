import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inboxKeys } from "../../../runtime/redis/redis-keys.ts";
import type { RedisLink } from "../../../runtime/redis/redis-link.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { SILENT } from "../../../runtime/telemetry/silent-log.ts";
import { openRedisTransport } from "../../../runtime/transport/redis-transport.ts";
import type { StreamTransport } from "../../../runtime/transport/stream-transport.ts";
import { eventually } from "../../support/eventually.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { transportContract } from "./transport-contract.ts";
import type { TransportAdapter } from "./transport-contract.ts";

/** Nothing here is about the disk. */
const SETTINGS = { appendonly: "no" };

function onRedis(name: string, start: () => Promise<RedisServer>): TransportAdapter {
  const links = new Map<StreamTransport, RedisLink>();
  /** The dead, whose timers would keep the process of the test alive. */
  const ends: Promise<void>[] = [];
  let server: RedisServer;
  let outside: RedisLink;
  const length = async (key: string): Promise<number> => {
    const entries = (await outside.commands.command("xrange", key, "-", "+")) as [string, string[]][];
    // The mark of a new inbox stays until something comes.
    return entries.filter(([, [, value]]) => value !== "").length;
  };
  return {
    name,
    async open() {
      server = await start();
      outside = await openRedis(server);
    },
    async close() {
      await Promise.all(ends);
      for (const link of links.values()) await link.close();
      await outside.close();
      await server.stop();
    },
    async join(incarnation) {
      const link = await openRedis(server);
      const transport = await openRedisTransport({
        link,
        incarnation,
        clock: new SystemClock(),
        log: SILENT,
      });
      links.set(transport, link);
      return transport;
    },
    async kill(transport) {
      await links.get(transport)?.close();
      links.delete(transport);
      // It reaches nobody any more.
      ends.push(transport.close());
    },
    async inject(incarnation, bytes) {
      await outside.commands.command("xadd", inboxKeys(incarnation).in, "*", "f", bytes);
    },
    async stored() {
      const keys = (await outside.commands.everywhere("keys", "{n:*")).flat() as string[];
      const streams = keys.filter((key) => key.endsWith(":in") || key.endsWith(":left"));
      return (await Promise.all(streams.map(length))).reduce((sum, count) => sum + count, 0);
    },
  };
}

transportContract(onRedis("Redis", () => RedisServer.start(SETTINGS)));
transportContract(onRedis("Redis Cluster", () => RedisServer.clusterOfOne(SETTINGS)));

describe("topics of two clusters in two databases of one Redis", () => {
  it("are not heard by each other: channels know no database", async () => {
    const server = await RedisServer.start(SETTINGS);
    const links = await Promise.all(
      [0, 1].map((database) => openRedis({ url: `${server.url}/${database}` })),
    );
    const clock = new SystemClock();
    const [one, other] = await Promise.all(
      links.map((link, index) => openRedisTransport({ link, incarnation: `n/${index}`, clock, log: SILENT })),
    );
    assert.ok(one && other);
    const heard: string[] = [];
    for (const transport of [one, other]) {
      transport.subscribe("chat/lobby", (bytes) => heard.push(`${transport.incarnation} ${String(bytes)}`));
    }
    // What is told before the subscriptions are there is lost.
    await eventually(() => {
      for (const transport of [one, other]) {
        transport.publish("chat/lobby", Buffer.from(`from ${transport.incarnation}`));
      }
      return [...new Set(heard)].toSorted((a, b) => (a < b ? -1 : 1));
    }, ["n/0 from n/0", "n/1 from n/1"]);
    for (const transport of [one, other]) await transport.close();
    for (const link of links) await link.close();
    await server.stop();
  });
});
