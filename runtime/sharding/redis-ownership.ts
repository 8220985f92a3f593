import type { EntityAddress } from "../persistence/entity-address.ts";
import type { StoredAhead } from "../persistence/redis-records.ts";
import { entityKeys } from "../redis/redis-keys.ts";
import { REASSERT_SCRIPT } from "../redis/scripts/reassert-script.ts";
import { RELEASE_SCRIPT } from "../redis/scripts/release-script.ts";
import type { Claim, Claimed, EntityOwner, Held, Ownership, Reasserted, Released } from "./ownership.ts";
import { RedisClaims } from "./redis-claims.ts";
import type { ClaimsConnection } from "./redis-claims.ts";

/** What a script answers: a word, and where it names an owner its epoch, incarnation and node. */
type Answer = readonly [
  kind: string,
  epoch?: string | null,
  incarnation?: string | null,
  node?: string | null,
];

/** Who owns what, in Redis: one hash for each entity, in its own hash slot, beside its journal. */
export class RedisOwnership implements Ownership {
  readonly #redis: ClaimsConnection;
  readonly #claims: RedisClaims;

  /** `ahead` takes what is stored of the entities that are claimed; without it nothing comes along. */
  constructor(redis: ClaimsConnection, ahead?: StoredAhead) {
    this.#redis = redis;
    this.#claims = new RedisClaims(redis, ahead);
  }

  claim(claim: Claim): Promise<Claimed> {
    return this.#claims.claim(claim);
  }

  async release({ entity, owner }: Held): Promise<Released> {
    const { own, state } = entityKeys(entity);
    const answer = await this.#redis.script(
      RELEASE_SCRIPT,
      [own, state],
      [String(owner.ownerEpoch), owner.incarnation],
    );
    if ((answer as Answer)[0] === "released") return { kind: "released" };
    return { kind: "fenced", by: ownerOf(answer as Answer) };
  }

  async reassert({ entity, owner }: Held): Promise<Reasserted> {
    const answer = await this.#redis.script(
      REASSERT_SCRIPT,
      [entityKeys(entity).own],
      [String(owner.ownerEpoch), owner.incarnation, owner.node],
    );
    if ((answer as Answer)[0] === "held") return { kind: "held" };
    return { kind: "fenced", by: ownerOf(answer as Answer) };
  }

  async lookup(entity: EntityAddress): Promise<EntityOwner | undefined> {
    const fields = await this.#redis.command("hmget", entityKeys(entity).own, "e", "i", "n");
    return ownerOf(["found", ...(fields as [string | null, string | null, string | null])]);
  }
}

function ownerOf([, epoch, incarnation, node]: Answer): EntityOwner | undefined {
  if (epoch == null || incarnation == null) return undefined;
  return { ownerEpoch: Number(epoch), incarnation, node: node ?? "" };
}
