import type { AnyDefinition } from "../actor/define-actor.ts";
import type { AnyEntityDefinition } from "../actor/define-entity.ts";
import type { RecordCodec } from "../codec/record-codec.ts";
import type { SnapshotCodec } from "../codec/snapshot-codec.ts";
import type { Journal } from "../persistence/journal.ts";
import type { Reminders } from "../reminders/reminders.ts";
import type { RoomLeft } from "./room-left.ts";
import type { Routing } from "./routing.ts";

/** What all entities of one type have in common. */
export interface EntityKind {
  readonly definition: AnyEntityDefinition;
  /** What the type was offered with. */
  readonly args: unknown;
  /** The actor that each is, for those that are no entities but stand at a place like them. */
  readonly actor?: AnyDefinition;
  readonly records: RecordCodec;
  readonly snapshots: SnapshotCodec;
  readonly journal: Journal;
  /** Where nothing can be stored at this moment. */
  readonly room: RoomLeft;
  /** What became of their decisions, for the metrics. */
  readonly commits: { stored: number; notStored: number };
  readonly reminders: Reminders;
  /** Who owns them, and how those on other nodes are reached. */
  readonly routing: Routing;
}
