import type { Row } from "../../../runtime/counting/row.ts";
import type { LogGroupScanner } from "../../../runtime/sls/log-group-scanner.ts";
import type { Batch, Gap, Unread } from "../source.ts";

/** What a pull has brought, and what is known of it. */
export interface SlsBatchParts {
  readonly to: string;
  readonly groups: number;
  readonly body: Uint8Array;
  readonly isAtEnd: boolean;
  readonly isOver: boolean;
  readonly endTimeMs: number;
  readonly lagMs: number;
  readonly gap: Gap | undefined;
  /** Groups that could not be pulled at all, and why. */
  readonly unpulled: readonly string[];
  readonly scannerOf: (fields: readonly string[]) => LogGroupScanner;
}

/** Log groups of a shard, as a batch. */
export class SlsBatch implements Batch {
  readonly to: string;
  readonly units: number;
  readonly bytes: number;
  readonly isAtEnd: boolean;
  readonly isOver: boolean;
  readonly endTimeMs: number;
  readonly lagMs: number;
  readonly gap: Gap | undefined;
  readonly #parts: SlsBatchParts;

  constructor(parts: SlsBatchParts) {
    this.to = parts.to;
    this.units = parts.groups + parts.unpulled.length;
    this.bytes = parts.body.length;
    this.isAtEnd = parts.isAtEnd;
    this.isOver = parts.isOver;
    this.endTimeMs = parts.endTimeMs;
    this.lagMs = parts.lagMs;
    this.gap = parts.gap;
    this.#parts = parts;
  }

  rows(fields: readonly string[], visit: (row: Row) => void): Unread {
    const { body, unpulled, scannerOf } = this.#parts;
    const { damaged } = scannerOf(fields).scan(body, visit);
    return {
      unparsable: 0,
      damaged: [...unpulled, ...damaged.map(({ group, why }) => `group ${group} of the pull: ${why}`)],
    };
  }
}
