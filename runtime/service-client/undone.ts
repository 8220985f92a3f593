import { Fault } from "../fault.ts";
import type { FaultCode } from "../fault.ts";

/**
 * Faults of a question that was certainly not carried out. `entityPassive` also ends one that an actor had in hand when it stopped, `cannotTravel` and `parcelTooLarge`
 * one of which only the answer could not come back.
 */
const UNDONE: readonly FaultCode[] = [
  "actorDraining",
  "addressInvalid",
  "askCycle",
  "clusterLeft",
  "entitiesFull",
  "entityMoving",
  "journalFull",
  "mailboxFull",
  "messageInvalid",
  "outboxFull",
  "recordTooLarge",
  "requestDiffers",
];

/** Whether an error means that nothing was done, so that it may be tried again as it is. Of any other nobody knows: ask again under the same key. */
export function isUndone(error: unknown): boolean {
  return error instanceof Fault && UNDONE.includes(error.code);
}
