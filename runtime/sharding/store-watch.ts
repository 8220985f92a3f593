import type { EntityAddress } from "../persistence/entity-address.ts";

/** A look at a part of the store that fails over as a whole. */
export interface SeenShard {
  readonly shard: string;
  /** Which copy answers; another one may have missed the latest writes. */
  readonly source: string;
  /** For how long that copy has answered, as far as anybody has seen, in milliseconds. */
  readonly forMs: number;
}

/** Watches the store of a cluster for failovers and losses. */
export interface StoreWatch {
  /** The part of the store in which an entity is. */
  shardOf(entity: EntityAddress): string;
  /** The part in which the table of the members is. */
  readonly memberShard: string;
  /** Tells of every look, at once of the latest ones; answers how to stop that. */
  onSeen(listener: (seen: SeenShard) => void): () => void;
  close(): void;
}
