import { entityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { EntityKind } from "./entity-kind.ts";

/** A state to store, as of a version that is stored. */
export interface SnapshotJob {
  readonly address: EntityAddress;
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly log: Logger;
}

/** Stores a snapshot. Nobody waits for it: without it the next load takes longer, and nothing else. */
export function storeSnapshot(kind: EntityKind, { address, version, bytes, log }: SnapshotJob): void {
  const { definition, journal, owner } = kind;
  const keepFrom = definition.snapshot?.keepHistory === true ? 1 : version + 1;
  const failed = (fields: object): void => {
    log.warn("entity.snapshotFailed", { entity: entityText(address), version, ...fields });
  };
  journal.snapshot({ entity: address, owner, version, bytes, keepFrom }).then(
    ({ kind: outcome }) => {
      if (outcome !== "stored") failed({ why: outcome });
    },
    (error: unknown) => failed({ err: error }),
  );
}
