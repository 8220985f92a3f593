import { Fault } from "../fault.ts";
import type { Cell } from "../kernel/cell.ts";
import { entityText } from "../persistence/entity-address.ts";
import { RECORD_BYTES_MAX } from "../persistence/journal-limits.ts";
import type { Place } from "./place.ts";

/** Refuses what an entity has decided because it is too much for one record. Nothing of it has happened; the decisions before it and after it are none of its business. */
export function refuseLarge({ address }: Place, cell: Cell, bytes: number): void {
  const { ask, message, reference, system } = cell;
  const what = { entity: entityText(address), bytes, limit: RECORD_BYTES_MAX };
  system.log.warn("entity.recordTooLarge", { ...what, kind: message?.kind });
  if (ask === undefined) system.deadLetters.add("recordTooLarge", reference.address, message?.kind ?? "");
  ask?.refuse(new Fault("recordTooLarge", what));
}
