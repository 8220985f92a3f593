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

/** When the book of partitions is told again what it was told, by what it has answered, in milliseconds. */
const BOOK_AGAIN_MS = { none: 5_000, taken: Number.POSITIVE_INFINITY, refused: 60_000 } as const;

/** What the book of partitions is told of one. */
type BookWord = "present" | "ended";

interface BookTold {
  readonly word: BookWord;
  readonly answer: keyof typeof BOOK_AGAIN_MS;
  readonly atMs: number;
}

/** How one stands of which nothing is heard. */
export const UNHEARD: Standing = { state: "stalled" };

/** How the partitions stand whose counts are on this node, by the last word of their readers. It is of the moment, and stored by nobody. */
export class Standings {
  readonly #said = new Map<string, Standing & { readonly saidMs: number }>();
  /** What the book of partitions was told, by partition. */
  readonly #told = new Map<string, BookTold>();
  readonly #archiving = new Set<string>();
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

  /** Whether the book is to be told this of a partition: it was not yet, did not answer, or had no room. */
  mayTellBook(partial: string, word: BookWord, nowMs: number): boolean {
    const told = this.#told.get(partial);
    if (told?.word === word && nowMs - told.atMs <= BOOK_AGAIN_MS[told.answer]) return false;
    this.#told.set(partial, { word, answer: told?.answer === "refused" ? "refused" : "none", atMs: nowMs });
    return true;
  }

  /** Notes what the book has answered; answers whether that is news. */
  noteBook(partial: string, answer: BookTold["answer"]): boolean {
    const told = this.#told.get(partial);
    if (told === undefined || told.answer === answer) return false;
    this.#told.set(partial, { ...told, answer });
    return true;
  }

  /** Partitions that are counted on this node, and are in no answer because the book has no room for them. */
  get unlisted(): number {
    let count = 0;
    for (const { answer } of this.#told.values()) if (answer === "refused") count++;
    return count;
  }

  /** Begins to write pages; answers whether nobody had begun. */
  beginArchiving(partial: string): boolean {
    if (this.#archiving.has(partial)) return false;
    this.#archiving.add(partial);
    return true;
  }

  endArchiving(partial: string): void {
    this.#archiving.delete(partial);
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
