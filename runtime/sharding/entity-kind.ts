import type { AnyEntityDefinition } from "../actor/define-entity.ts";
import type { RecordCodec } from "../codec/record-codec.ts";
import type { SnapshotCodec } from "../codec/snapshot-codec.ts";
import type { Journal, Owner } from "../persistence/journal.ts";

/** What all entities of one type have in common. */
export interface EntityKind {
  readonly definition: AnyEntityDefinition;
  /** What the type was offered with. */
  readonly args: unknown;
  readonly records: RecordCodec;
  readonly snapshots: SnapshotCodec;
  readonly journal: Journal;
  readonly owner: Owner;
}
