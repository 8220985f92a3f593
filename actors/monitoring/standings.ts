import type { PartitionState } from "../../protocols/partial.ts";
import { SILENT_MS } from "../../runtime/counting/watermark.ts";
import { Lately } from "./lately.ts";

/** What the reader of a partition has said last. */
export interface Standing {
  readonly state: PartitionState;
  /** For `caughtUp`: when there was nothing more to read. */
  readonly atMs?: number | undefined;
  readonly lagMs?: number | undefined;
}

/** A time block is told that it has changed at most so often, in milliseconds. */
const TOUCH_EVERY_MS = 1_000;
/** A partition for which the book has no room asks again each minute; one that has not for so long is counted elsewhere by now, or nowhere, in milliseconds. */
const UNLISTED_MS = 300_000;

/** Partitions of which something is known: more than the book has. */
const PARTITIONS_MAX = 20_000;
/** Blocks of partitions that were told just now; one that is forgotten is told once more. */
const TOUCHED_MAX = 50_000;

/** How one stands of which nothing is heard. */
export const UNHEARD: Standing = { state: "stalled" };

/** How the partitions stand whose counts are on this node, by the last word of their readers. It is of the moment, and stored by nobody. All times are those of a clock that never jumps. */
export class Standings {
  readonly #said = new Lately<Standing>(SILENT_MS, PARTITIONS_MAX);
  readonly #unlisted = new Lately<true>(UNLISTED_MS, PARTITIONS_MAX);
  readonly #touched = new Lately<true>(TOUCH_EVERY_MS, TOUCHED_MAX);

  note(partial: string, standing: Standing, nowMs: number): void {
    this.#said.note(partial, standing, nowMs);
  }

  /** How it stands: one of which nothing is heard is stalled, and never taken to be idle. */
  of(partial: string, nowMs: number): Standing {
    return this.#said.of(partial, nowMs) ?? UNHEARD;
  }

  /** Notes whether the book has room for a partition; answers whether that it has none is news. */
  noteListed(partial: string, isListed: boolean, nowMs: number): boolean {
    const isNews = !isListed && this.#unlisted.of(partial, nowMs) === undefined;
    if (isListed) this.#unlisted.drop(partial);
    else this.#unlisted.note(partial, true, nowMs);
    return isNews;
  }

  /** How many partitions are counted on this node and are in no answer, because the book has no room for them. */
  unlisted(nowMs: number): number {
    return this.#unlisted.size(nowMs);
  }

  /** Whether a time block is to be told that it has changed: once a second is often enough. */
  mayTouch(block: string, nowMs: number): boolean {
    if (this.#touched.of(block, nowMs) !== undefined) return false;
    this.#touched.note(block, true, nowMs);
    return true;
  }
}
