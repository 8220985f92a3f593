import type { EntityAddress } from "../persistence/entity-address.ts";
import type { RedisCommands } from "../redis/redis-connection.ts";
import { entityKeys } from "../redis/redis-keys.ts";
import { CLAIM_SCRIPT } from "../redis/scripts/claim-script.ts";
import { REASSERT_SCRIPT } from "../redis/scripts/reassert-script.ts";
import { RELEASE_SCRIPT } from "../redis/scripts/release-script.ts";
import type { Claim, Claimed, EntityOwner, Held, Ownership, Reasserted, Released } from "./ownership.ts";

/** What a script answers: a word, and where it names an owner its epoch, incarnation and node. */
type Answer = readonly [
  kind: string,
  epoch?: string | null,
  incarnation?: string | null,
  node?: string | null,
];

/** Who owns what, in Redis: one hash for each entity, in its own hash slot, beside its journal. */
export class RedisOwnership implements Ownership {
  readonly #redis: RedisCommands;

  constructor(redis: RedisCommands) {
    this.#redis = redis;
  }

  async claim({ entity, incarnation, node, after }: Claim): Promise<Claimed> {
    const before = after === undefined ? ["", ""] : [String(after.ownerEpoch), after.incarnation];
    const answer = await this.#redis.script(
      CLAIM_SCRIPT,
      [entityKeys(entity).own],
      [incarnation, node, ...before],
    );
    const owner = ownerOf(answer as Answer);
    if (owner === undefined) throw new TypeError("a claim was answered without an owner");
    return (answer as Answer)[0] === "claimed" ? { kind: "claimed", owner } : { kind: "owned", by: owner };
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
