import type { NonceStore } from "../identity/nonce-store.ts";
import type { LeaseTimes } from "../membership/lease.ts";
import type { MemberFacts } from "../membership/member-view.ts";
import type { MembershipTable } from "../membership/membership-table.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { BucketStore } from "../reminders/reminder-buckets.ts";
import type { Ownership } from "../sharding/ownership.ts";
import type { StoreWatch } from "../sharding/store-watch.ts";
import type { Transport } from "../transport/transport.ts";

/** What a node needs to be one of many: a store that all of them share, and a way between them. It outlives the lives of the node in the cluster. */
export interface ClusterParts {
  /** What the node says of itself in each of its lives. */
  readonly facts: Omit<MemberFacts, "incarnation">;
  readonly lease: LeaseTimes;
  readonly table: MembershipTable;
  readonly ownership: Ownership;
  /** The part of the store in which an entity is; one that fails over does so as a whole. */
  shardOf(entity: EntityAddress): string;
  /** Sees which copy of each part answers; unless given, the table of the members tells for all of them. */
  readonly watch?: Pick<StoreWatch, "memberShard" | "onSeen">;
  /** The wake-ups that the nodes of the cluster share out among them. */
  readonly reminders?: BucketStore;
  /** What all nodes remember of signed requests; unless given, each remembers alone. */
  readonly nonces?: NonceStore;
  /** Opens the way to the others for one life. @throws Fault of the store */
  transport(incarnation: string): Promise<Transport>;
  /** Another life has begun: whoever sees this process end may say so to the others. */
  onIncarnation?(incarnation: string): void;
  /** Ends the connections to the store; after everything else. */
  close(): Promise<void>;
}
