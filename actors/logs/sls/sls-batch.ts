import type { Row } from "../../../runtime/counting/row.ts";
import type { Batch, Gap, HandedOver, Unread } from "../source.ts";
import type { RowScanner } from "./row-scanner.ts";

/** What a pull has brought, and what is known of it. */
export interface SlsBatchParts {
  readonly to: string;
  readonly groups: number;
  readonly groupsAsked: number;
  readonly body: Uint8Array;
  /** Nobody reads the body any more. */
  readonly release?: () => void;
  readonly isAtEnd: boolean;
  readonly isOver: boolean;
  readonly endTimeMs: number;
  readonly lagMs: number;
  readonly gap: Gap | undefined;
  readonly handedOver: HandedOver | undefined;
  /** Groups that could not be pulled at all, and why. */
  readonly unpulled: readonly string[];
  readonly scannerOf: (fields: readonly string[]) => RowScanner;
}

const NOTHING = new Uint8Array(0);

/** Log groups of a shard, as a batch. */
export class SlsBatch implements Batch {
  readonly to: string;
  readonly units: number;
  readonly unitsAsked: number;
  readonly bytes: number;
  readonly isAtEnd: boolean;
  readonly isOver: boolean;
  readonly endTimeMs: number;
  readonly lagMs: number;
  readonly gap: Gap | undefined;
  readonly handedOver: HandedOver | undefined;
  readonly #parts: Omit<SlsBatchParts, "body">;
  #body: Uint8Array;

  constructor(parts: SlsBatchParts) {
    this.to = parts.to;
    this.units = parts.groups + parts.unpulled.length;
    this.unitsAsked = parts.groupsAsked;
    this.bytes = parts.body.length;
    this.isAtEnd = parts.isAtEnd;
    this.isOver = parts.isOver;
    this.endTimeMs = parts.endTimeMs;
    this.lagMs = parts.lagMs;
    this.gap = parts.gap;
    this.handedOver = parts.handedOver;
    const { body, ...rest } = parts;
    this.#parts = rest;
    this.#body = body;
  }

  release(): void {
    // A batch outlives what it lies in: it is still asked where it ends.
    this.#body = NOTHING;
    this.#parts.release?.();
  }

  rows(fields: readonly string[], visit: (row: Row) => void): Unread {
    const { unpulled, scannerOf } = this.#parts;
    const { damaged } = scannerOf(fields).scan(this.#body, visit);
    return {
      unparsable: 0,
      damaged: [...unpulled, ...damaged.map(({ group, why }) => `group ${group} of the pull: ${why}`)],
    };
  }
}
