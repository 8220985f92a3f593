import { Fault } from "../fault.ts";
import type { Cell } from "../kernel/cell.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { Place } from "./place.ts";

/** Refuses what an entity has decided because the journal has no room. Nothing of it has happened, and nothing was tried: its state stays as it is. */
export function refuseFull({ address, kind }: Place, cell: Cell, cause: Fault): void {
  const { ask, message, reference, system } = cell;
  kind.commits.notStored++;
  if (ask === undefined) system.deadLetters.add("journalFull", reference.address, message?.kind ?? "");
  ask?.refuse(new Fault("journalFull", { entity: entityText(address) }, { cause }));
}
