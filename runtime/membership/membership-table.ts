import type { LeaseTimes } from "./lease.ts";
import type { MemberFacts, TableView } from "./member-view.ts";

/** A node that wants to join. */
export interface Newcomer extends MemberFacts {
  /** A secret of this one process: with it a join whose answer was lost can be repeated, and nobody else can join under its identity. */
  readonly token: string;
}

/**
 * What became of a join. `identityTaken`: another process has this incarnation; `dead`: it has ended, and needs a new one; `incompatible`: a member speaks no version
 * that the newcomer does.
 */
export type Joined =
  | { readonly kind: "joined"; readonly source: string; readonly table: TableView }
  | { readonly kind: "refused"; readonly code: "identityTaken" | "dead" | "tableFull" | "incompatible" };

/** A member that says it is alive, and what it knows. */
export interface Renewal {
  readonly incarnation: string;
  /** The number of the view that it has. */
  readonly knownVersion: number;
}

/** What became of a renewal. */
export type Renewed =
  | {
      readonly kind: "renewed";
      /** Which copy of the store has answered: another value means another server, that may have missed the latest writes. */
      readonly source: string;
      /** The table, when its number is not the known one. */
      readonly table: TableView | undefined;
      /** So many members have to be removed, or held: call `removeExpired`. */
      readonly overdue: number;
      /** How soon that will be so of the next one, unless it renews its lease, in milliseconds; not above 0 when it is. */
      readonly dueInMs: number;
    }
  | { readonly kind: "refused"; readonly code: "unknownMember" | "dead" };

/** What became of a change of a member's state. */
export type Moved =
  | { readonly kind: "moved" }
  | { readonly kind: "refused"; readonly code: "unknownMember" | "dead" | "backwards" };

/** What became of the members whose leases have lapsed. */
export interface Swept {
  readonly removed: readonly string[];
  /** Above 0: many leases lapsed together, and nobody else is removed for so long, in milliseconds. */
  readonly heldForMs: number;
}

/** Living members and dead ones that are remembered; a join beyond it is refused. */
export const MEMBERS_MAX = 1_000;
/** A dead member is remembered so long, so that it learns of its death, however late, and nobody can take its identity. */
export const DEAD_KEPT_MS = 3_600_000;
/** No more of the dead are remembered. */
export const DEAD_KEPT_MAX = 200;

/**
 * Who belongs to the cluster, as all nodes agree on it: one row and one lease for each node. Every method is one step, timed by the table's own clock alone.
 * Its number grows with every change, also when a failover has lost the latest: it is at least the table's time in microseconds.
 * Every method may reject with the Faults of the store: then it is unknown whether it was carried out, and all of them may be repeated.
 */
export interface MembershipTable {
  /** Adds a row in state `joining` and a lease, or finds the row that an earlier call with this token has added. */
  join(newcomer: Newcomer): Promise<Joined>;
  /** Renews the lease, unless the member is dead. One whose own lease had lapsed cannot tell who died from who was cut off with it: it begins a hold. */
  renew(renewal: Renewal): Promise<Renewed>;
  /** Takes a member from one state to a later one. */
  move(incarnation: string, to: "up" | "leaving"): Promise<Moved>;
  /** Ends a member at once: it has left, or its host has seen its process end. `expired` repeats a removal that a failover has lost. */
  end(incarnation: string, cause: "left" | "reaped" | "expired"): Promise<Moved>;
  /** Ends those whose leases lapsed long enough ago, unless too many did at once (see `expiry-brake.ts`). */
  removeExpired(): Promise<Swept>;
  read(): Promise<TableView>;
  /** How long the lease of each member still runs, in milliseconds by the table's clock; negative for one that has lapsed. */
  leases(): Promise<ReadonlyMap<string, number>>;
}

/** What each adapter of the table is made with. */
export interface MembershipTableOptions {
  readonly lease: LeaseTimes;
  /** `MEMBERS_MAX` unless given. */
  readonly membersMax?: number;
}
