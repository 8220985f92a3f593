import type { EntityAddress } from "../../runtime/persistence/entity-address.ts";
import type { Owner } from "../../runtime/persistence/journal.ts";
import type { RedisCommands } from "../../runtime/redis/redis-connection.ts";
import { entityKeys } from "../../runtime/redis/redis-keys.ts";

/** Makes somebody the owner of an entity, as a claim would. */
export async function writeOwner(redis: RedisCommands, entity: EntityAddress, owner: Owner): Promise<void> {
  await redis.command(
    "hset",
    entityKeys(entity).own,
    "e",
    owner.ownerEpoch,
    "i",
    owner.incarnation,
    "n",
    "node-1",
  );
}
