import type { TaggedMessage } from "../../protocols/protocol.ts";
import { Fault } from "../fault.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { RecordPage } from "../persistence/journal.ts";
import type { EntityKind } from "./entity-kind.ts";

/** One step of an entity as its journal holds it, in the present version of its events. */
export interface HistoryStep {
  readonly version: number;
  readonly atMs: number;
  readonly events: readonly TaggedMessage[];
}

/**
 * Reads a part of the history of an entity, in order and without activating it: what a snapshot has not made go.
 * Somebody who wants to show only what is durable asks the entity first how far it has come.
 * @throws Fault `entityUnreadable`, and the journal's
 */
export async function readHistory(kind: EntityKind, id: string, page: RecordPage): Promise<HistoryStep[]> {
  const address = { type: kind.definition.type, id };
  const records = await kind.journal.read(address, page);
  return records.map(({ version, atMs, bytes }) => {
    const decoded = kind.records.decode(bytes);
    if (decoded.ok) return { version, atMs, events: decoded.record.events };
    const text = `record ${version}: ${decoded.text}`;
    throw new Fault("entityUnreadable", { entity: entityText(address), text });
  });
}
