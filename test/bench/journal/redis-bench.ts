import { RedisJournal } from "../../../runtime/persistence/redis-journal.ts";
import type { Owner } from "../../../runtime/persistence/journal.ts";
import { RedisOwnership } from "../../../runtime/sharding/redis-ownership.ts";
import { openRedis } from "../../support/open-redis.ts";
import type { RedisServer } from "../../support/redis-server.ts";
import { ENTITIES, benchEntity } from "./steps.ts";

const BENCH = { node: "bench", incarnation: "bench/1" };

/** A journal on a Redis, with the owners of all entities that are measured. */
export interface RedisBench {
  readonly journal: RedisJournal;
  readonly ownerOf: (index: number) => Owner;
  readonly close: () => Promise<void>;
}

/** Connects, and becomes the owner of all entities that are measured. */
export async function openRedisBench(url: string): Promise<RedisBench> {
  const link = await openRedis({ url });
  const journal = await RedisJournal.open(link);
  const ownership = new RedisOwnership(link.control);
  const owners: Owner[] = [];
  for (let index = 0; index < ENTITIES; index++) {
    const claimed = await ownership.claim({ ...BENCH, entity: benchEntity(index) });
    if (claimed.kind === "owned") throw new Error(`${claimed.by.node} owns entity ${index}`);
    owners.push(claimed.owner);
  }
  return {
    journal,
    ownerOf: (index) => owners[index] ?? never(index),
    close: async () => {
      await journal.close();
      await link.close();
    },
  };
}

function never(index: number): never {
  throw new RangeError(`nobody owns entity ${index}`);
}

/** How many records a server has, of all entities. */
export function countRecords(server: RedisServer): number {
  const count = `local n = 0
    for _, key in ipairs(redis.call('KEYS', '{a:bench/*}:log')) do n = n + redis.call('LLEN', key) end
    return n`;
  return Number(server.cli("eval", count, "0"));
}
