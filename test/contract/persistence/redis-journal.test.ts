import type { EntityAddress } from "../../../runtime/persistence/entity-address.ts";
import type { Owner } from "../../../runtime/persistence/journal.ts";
import { RedisJournal } from "../../../runtime/persistence/redis-journal.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { writeOwner } from "../../support/write-owner.ts";
import { journalContract } from "./journal-contract.ts";
import type { OpenedJournal } from "./journal-contract.ts";

journalContract("Redis", async () => opened(await RedisServer.start()));

journalContract("Redis Cluster", async () => opened(await RedisServer.clusterOfOne()));

async function opened(server: RedisServer): Promise<OpenedJournal> {
  const link = await openRedis(server);
  const journal = await RedisJournal.open(link);
  let claims = 0;
  return {
    journal,
    async claim(entity: EntityAddress): Promise<Owner> {
      claims++;
      const owner = { ownerEpoch: 1_795_330_000_000_000 + claims, incarnation: `node-1/${claims}` };
      await writeOwner(link.commands, entity, owner);
      return owner;
    },
    async dispose() {
      await journal.close();
      await link.close();
      await server.stop();
    },
  };
}
