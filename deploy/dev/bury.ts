import { SAFE_LEASE } from "../../runtime/membership/lease.ts";
import { RedisMembershipTable } from "../../runtime/membership/redis-membership-table.ts";
import { RedisLink } from "../../runtime/redis/redis-link.ts";
import { SILENT } from "../../runtime/telemetry/silent-log.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";

/**
 * Tells the cluster that a process of it has ended, as whoever has seen that may: the others need not wait until its lease lapses.
 * @throws Fault of the store; then they wait
 */
export async function bury(redisUrl: string, incarnation: string): Promise<void> {
  const link = await RedisLink.open({
    url: redisUrl,
    tls: {},
    name: "dev",
    clock: new SystemClock(),
    log: SILENT,
  });
  try {
    await new RedisMembershipTable(link.control, { lease: SAFE_LEASE }).end(incarnation, "reaped");
  } finally {
    await link.close();
  }
}
