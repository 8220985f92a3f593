import { isFault } from "../fault.ts";
import type { RedisConnection } from "./redis-connection.ts";

type AskedServers = Pick<RedisConnection, "isCluster" | "command" | "serverAt">;
type SlotsAnswer = readonly (readonly [first: number, last: number, primary: readonly [string, number]])[];

/**
 * The primaries of a Redis Cluster that do not answer now, in words with the hash slots that they should serve. Nothing where there is but one server.
 * @throws Fault of the store when none of them can be asked
 */
export async function silentServers(connection: AskedServers): Promise<readonly string[]> {
  if (!connection.isCluster) return [];
  const slots = new Map<string, string[]>();
  for (const [first, last, [host, port]] of (await connection.command("cluster", "slots")) as SlotsAnswer) {
    const place = `${host}:${port}`;
    slots.set(place, [...(slots.get(place) ?? []), `${first}-${last}`]);
  }
  const looks = Array.from(slots, async ([place, ranges]) =>
    (await answers(connection, place)) ? [] : [`${place} (hash slots ${ranges.join(", ")})`],
  );
  return (await Promise.all(looks)).flat();
}

async function answers(connection: AskedServers, place: string): Promise<boolean> {
  try {
    await connection.serverAt(place)("ping");
    return true;
  } catch (error) {
    if (isFault(error, "redisUnavailable") || isFault(error, "redisUnanswered")) return false;
    throw error;
  }
}
