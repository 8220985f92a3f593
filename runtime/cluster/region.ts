import type { Protocol } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { Member } from "../membership/member.ts";
import type { MemberChange, MemberView } from "../membership/member-view.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Claims } from "../sharding/claims.ts";
import type { EntityOwner, Held } from "../sharding/ownership.ts";
import type { Transport } from "../transport/transport.ts";

/** What is known of the place of an entity: who owns it, or where it would go. */
export type Whereabouts =
  | { readonly kind: "owned"; readonly by: EntityOwner }
  | { readonly kind: "free"; readonly belongsTo: string | undefined };

/** The entities of a node in one life: which of them are here, and how the others are reached. */
export interface Region {
  viewChanged(view: MemberView, changes: readonly MemberChange[]): void;
  /** The lease is over: entities leave memory at once, and nothing more is said in their name. */
  fenced(): void;
  restored(): void;
  /** Another is the owner of an entity. */
  lost(held: Held): void;
  /** Hands over whatever is owned here; resolves when nothing is. */
  drain(): Promise<void>;
  whereIs(entity: EntityAddress): Promise<Whereabouts>;
  close(): Promise<void> | void;
}

/** Actors of other nodes, in one life of this one. */
export interface Distance {
  /** The actor at a path of another node, in the life of that incarnation. */
  reference<P extends Protocol>(incarnation: string, path: string, protocol: P): Reference<P>;
  close(): void;
}

/** What a life gives to its region. */
export interface RegionParts {
  readonly member: Member;
  readonly claims: Claims;
  readonly transport: Transport;
}

/** What a node is to the others in one life. */
export interface Reach {
  readonly region: Region;
  readonly distance: Distance;
}
