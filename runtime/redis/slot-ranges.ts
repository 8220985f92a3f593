import { HASH_SLOTS } from "./key-slot.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** Neighbouring hash slots that one server serves. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
  /** By which the servers of a Redis Cluster know the one that takes writes for them; it keeps it across restarts. */
  readonly primary: string;
}

/** What stands for the one server that there is. */
const ONE_SERVER: readonly SlotRange[] = [{ first: 0, last: HASH_SLOTS - 1, primary: "store" }];

/** Which server serves which hash slots, as one of them sees it. @throws Fault of the store */
export async function readSlotRanges(connection: RedisConnection): Promise<readonly SlotRange[]> {
  if (!connection.isCluster) return ONE_SERVER;
  return rangesOf(await connection.command("cluster", "slots"));
}

/** The ranges in the answer to `CLUSTER SLOTS`: first and last slot, then the servers, the primary first, each with address, port and id. Pure. */
export function rangesOf(answer: unknown): readonly SlotRange[] {
  return (answer as readonly (readonly [number, number, readonly [string, number, string]])[]).map(
    ([first, last, [, , primary]]) => ({ first, last, primary }),
  );
}
