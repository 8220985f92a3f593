import { Fault } from "../fault.ts";
import type { FaultCode } from "../fault.ts";

/** Faults of a question that was certainly not carried out. */
const UNDONE: readonly FaultCode[] = [
  "actorDraining",
  "addressInvalid",
  "askCycle",
  "cannotTravel",
  "clusterLeft",
  "entitiesFull",
  "entityMoving",
  "entityPassive",
  "mailboxFull",
  "messageInvalid",
  "outboxFull",
  "parcelTooLarge",
  "recordTooLarge",
  "requestDiffers",
];

/** Whether an error means that nothing was done, so that it may be tried again as it is. Of any other nobody knows: ask again under the same key. */
export function isUndone(error: unknown): boolean {
  return error instanceof Fault && UNDONE.includes(error.code);
}
