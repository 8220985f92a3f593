import type { RedisConnection } from "../runtime/redis/redis-connection.ts";
import { silentServers } from "../runtime/redis/silent-servers.ts";
import type { Logger } from "../runtime/telemetry/logger.ts";
import type { Clock } from "../runtime/time/clock.ts";
import { Refusal } from "./refusal.ts";

/** How long a start waits for servers of a Redis Cluster: longer than a failover takes with the settings of Redis, in milliseconds. */
export const AWAIT_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Waits until every primary of a Redis Cluster answers: a node looks at the marks of all of them before it may start. The log says which are waited for.
 * @throws Refusal when that takes too long; Fault of the store
 */
export async function awaitServers(
  redis: Pick<RedisConnection, "isCluster" | "command" | "serverAt">,
  clock: Clock,
  log: Logger,
): Promise<void> {
  const untilMs = clock.nowMs() + AWAIT_WITHIN_MS;
  let told = "";
  for (;;) {
    const servers = (await silentServers(redis)).join("; ");
    if (servers === "") return;
    if (servers !== told) log.warn("cluster.storeAwaited", { servers, withinMs: AWAIT_WITHIN_MS });
    told = servers;
    if (clock.nowMs() >= untilMs) throw unanswered(servers);
    await new Promise<void>((resolve) => void clock.after(LOOK_EVERY_MS, resolve));
  }
}

function unanswered(servers: string): Refusal {
  const waited = `${AWAIT_WITHIN_MS / 1_000} s`;
  const text = `servers of the Redis Cluster of cluster.redis have not answered for ${waited}: ${servers}`;
  return new Refusal("unavailable", `${text}; start them, or have a replica of each take over`);
}
