import type { PartitionState } from "../../protocols/partial.ts";
import { SILENT_MS } from "../../runtime/counting/watermark.ts";

/** What the reader of a partition has said last. */
export interface Standing {
  readonly state: PartitionState;
  /** For `caughtUp`: when there was nothing more to read. */
  readonly atMs?: number | undefined;
  readonly lagMs?: number | undefined;
}

/** A time block is told that it has changed at most so often, in milliseconds. */
const TOUCH_EVERY_MS = 1_000;
/** Time blocks of which it is remembered when they were told. */
const TOUCHED_MAX = 10_000;

/** How one stands of which nothing is heard. */
export const UNHEARD: Standing = { state: "stalled" };

/** How the partitions stand whose counts are on this node, by the last word of their readers. It is of the moment, and stored by nobody. */
export class Standings {
  readonly #said = new Map<string, Standing & { readonly saidMs: number }>();
  readonly #unlisted = new Set<string>();
  /** When the time block was told last that it has changed, by its id. */
  readonly #touched = new Map<string, number>();

  /** @param nowMs on a clock that never jumps */
  note(partial: string, standing: Standing, nowMs: number): void {
    this.#said.set(partial, { ...standing, saidMs: nowMs });
  }

  /** How it stands: one of which nothing is heard is stalled, and never taken to be idle. */
  of(partial: string, nowMs: number): Standing {
    const said = this.#said.get(partial);
    return said === undefined || nowMs - said.saidMs > SILENT_MS ? UNHEARD : said;
  }

  /** Notes whether the book has room for a partition; answers whether that it has none is news. */
  noteListed(partial: string, isListed: boolean): boolean {
    if (isListed) this.#unlisted.delete(partial);
    const isNews = !isListed && !this.#unlisted.has(partial);
    if (isNews) this.#unlisted.add(partial);
    return isNews;
  }

  /** Partitions that are counted on this node, and are in no answer because the book has no room for them. */
  get unlisted(): number {
    return this.#unlisted.size;
  }

  /** Whether a time block is to be told that it has changed: once a second is often enough. */
  mayTouch(block: string, nowMs: number): boolean {
    if (nowMs - (this.#touched.get(block) ?? Number.NEGATIVE_INFINITY) < TOUCH_EVERY_MS) return false;
    this.#touched.delete(block);
    this.#touched.set(block, nowMs);
    const [oldest] = this.#touched.keys();
    if (this.#touched.size > TOUCHED_MAX && oldest !== undefined) this.#touched.delete(oldest);
    return true;
  }
}
