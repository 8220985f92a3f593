import type { EntityAddress } from "../../runtime/persistence/entity-address.ts";
import { entityKey } from "../../runtime/persistence/entity-address.ts";
import type { Owner } from "../../runtime/persistence/journal.ts";
import type { EntityOwners } from "../../runtime/sharding/entity-owners.ts";
import type { Ownership } from "../../runtime/sharding/ownership.ts";

/** Takes every entity, whoever had it: for a test in which there is one process at a time. */
export class ClaimingOwners implements EntityOwners {
  readonly #ownership: Ownership;
  readonly #incarnation: string;
  readonly #owners = new Map<string, Owner>();

  constructor(ownership: Ownership, incarnation: string) {
    this.#ownership = ownership;
    this.#incarnation = incarnation;
  }

  async acquire(entity: EntityAddress): Promise<Owner> {
    const key = entityKey(entity);
    const known = this.#owners.get(key);
    if (known !== undefined) return known;
    const claim = { entity, incarnation: this.#incarnation, node: "node-1" };
    let claimed = await this.#ownership.claim(claim);
    while (claimed.kind === "owned") claimed = await this.#ownership.claim({ ...claim, after: claimed.by });
    this.#owners.set(key, claimed.owner);
    return claimed.owner;
  }

  owned(entity: EntityAddress): Owner | undefined {
    return this.#owners.get(entityKey(entity));
  }

  mayAct(): boolean {
    return true;
  }

  doubt(entity: EntityAddress): void {
    this.#owners.delete(entityKey(entity));
  }

  release(): void {}
}
