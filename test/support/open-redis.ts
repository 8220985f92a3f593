import { RedisLink } from "../../runtime/redis/redis-link.ts";
import type { Logger } from "../../runtime/telemetry/logger.ts";
import { SILENT } from "../../runtime/telemetry/silent-log.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";

/** Connects a test to its redis-server. */
export function openRedis(server: { readonly url: string }, log: Logger = SILENT): Promise<RedisLink> {
  return RedisLink.open({ url: server.url, name: "test", clock: new SystemClock(), log });
}
