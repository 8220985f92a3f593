import { Fault, isFault } from "../fault.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Appended } from "../persistence/journal.ts";
import type { Logger } from "../telemetry/logger.ts";

/** What an entity is told by the journal's answer to an append; undefined when the record is stored. */
export function appendFailure(address: EntityAddress, answer: Appended): Fault | undefined {
  const entity = entityText(address);
  switch (answer.kind) {
    case "appended":
      return undefined;
    case "conflict":
      return new Fault("notStored", { entity, why: `version ${answer.version} is stored already` });
    case "fenced":
      return new Fault("fenced", { entity, by: answer.by?.incarnation ?? "nobody" });
  }
}

/** Tells operators of decisions that will not become visible. */
export function logGivenUp(
  log: Logger,
  what: { readonly entity: string; readonly decisions: number; readonly err: Error },
): void {
  if (isFault(what.err, "fenced")) return log.warn("entity.fenced", what);
  log.warn("entity.notStored", { ...what, why: whyOf(what.err) });
}

/** In words that are the same for all entities which it concerns. */
function whyOf(err: Error): unknown {
  if (err.cause instanceof Fault) return err.cause.code;
  return err instanceof Fault ? err.details["why"] : err.name;
}

/** That nobody knows whether what an entity has decided is stored. */
export function notStored(address: EntityAddress, why: string, cause?: unknown): Fault {
  return new Fault("notStored", { entity: entityText(address), why }, { cause });
}
