import { entityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Owner } from "../persistence/journal.ts";
import type { EntityKind } from "./entity-kind.ts";

/** A state to store, as of a version that is stored. */
export interface SnapshotJob {
  readonly address: EntityAddress;
  readonly owner: Owner;
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly log: Logger;
}

/** Stores a snapshot; never rejects. Without it the next load takes longer, and nothing else. */
export function storeSnapshot(
  kind: EntityKind,
  { address, owner, version, bytes, log }: SnapshotJob,
): Promise<void> {
  const { definition, journal } = kind;
  const { keepHistory = 0 } = definition.snapshot ?? {};
  const keepFrom = keepHistory === true ? 1 : Math.max(1, version + 1 - keepHistory);
  const failed = (fields: object): void => {
    log.warn("entity.snapshotFailed", { entity: entityText(address), version, ...fields });
  };
  return journal.snapshot({ entity: address, owner, version, bytes, keepFrom }).then(
    ({ kind: outcome }) => {
      if (outcome !== "stored") failed({ why: outcome });
    },
    (error: unknown) => failed({ err: error }),
  );
}
