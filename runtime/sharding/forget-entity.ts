import { entityText } from "../persistence/entity-address.ts";
import type { Removal } from "../persistence/journal.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { EntityKind } from "./entity-kind.ts";

/** Forgets what is stored of an entity that nobody needs any more; never rejects. What is left is forgotten the next time. */
export async function forgetEntity(
  { journal }: Pick<EntityKind, "journal">,
  removal: Removal,
  log: Logger,
): Promise<void> {
  const failed = (fields: object): void => {
    log.warn("entity.notForgotten", { entity: entityText(removal.entity), ...fields });
  };
  try {
    const { kind: outcome } = await journal.remove(removal);
    if (outcome !== "stored") failed({ why: outcome });
  } catch (err) {
    failed({ err });
  }
}
