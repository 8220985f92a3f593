import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Owner } from "../persistence/journal.ts";

/** The owner of an entity, and the node where it is. */
export interface EntityOwner extends Owner {
  readonly node: string;
}

/** A wish to own an entity. */
export interface Claim {
  readonly entity: EntityAddress;
  readonly incarnation: string;
  readonly node: string;
  /** The owner whose place is taken: exactly the one that the caller knows to be dead, or its own earlier self. Absent for an entity without one. */
  readonly after?: Owner;
  /**
   * Incarnations that are dead for good, as the caller knows: the place of any of them is taken as well, whatever its epoch. It is the same as asking who the owner
   * is and then naming it in `after`, since whoever is dead is never an owner again that must stay; it saves the first of the two.
   */
  readonly gone?: readonly string[];
}

/** What became of a claim. `owned`: somebody else is the owner, or became it first. */
export type Claimed =
  | { readonly kind: "claimed"; readonly owner: EntityOwner }
  | { readonly kind: "owned"; readonly by: EntityOwner };

/** An entity and who says that it owns it. */
export interface Held {
  readonly entity: EntityAddress;
  readonly owner: EntityOwner;
}

/** What became of a release. `fenced`: it was not the owner's to give up any more. */
export type Released =
  | { readonly kind: "released" }
  | { readonly kind: "fenced"; readonly by: EntityOwner | undefined };

/** What became of an ownership after a failover. `fenced`: another is the owner, and this one has to stop. */
export type Reasserted =
  | { readonly kind: "held" }
  | { readonly kind: "fenced"; readonly by: EntityOwner | undefined };

/**
 * Who owns which entity. No record expires: an owner is valid as long as its node is a member, and it is replaced by whoever names its exact (epoch, incarnation), or counts that incarnation among the dead.
 * Each new epoch is larger than the one before, and at least the store's time in microseconds; so epochs grow also when a failover has lost some of them,
 * unless the new store's clock is behind by more than the failover took. Every method may reject with the Faults of the store. Then it is unknown whether it was
 * carried out: look up, and claim again after what is found.
 */
export interface Ownership {
  claim(claim: Claim): Promise<Claimed>;
  /** Gives an entity up; its epoch is kept as long as the entity has state. */
  release(held: Held): Promise<Released>;
  /** Says again what a store may have forgotten in a failover: of two owners the one with the higher epoch stays. Harmless to repeat. */
  reassert(held: Held): Promise<Reasserted>;
  lookup(entity: EntityAddress): Promise<EntityOwner | undefined>;
}
