/** When the book of partitions is told again what it was told, by what it has answered, in milliseconds. */
const BOOK_AGAIN_MS = { none: 5_000, taken: Number.POSITIVE_INFINITY, refused: 60_000 } as const;

/** What the book of partitions is told of one. */
type BookWord = "present" | "ended";

interface BookTold {
  readonly word: BookWord;
  /** How many words it was told before this one. */
  readonly turn: number;
  readonly answer: keyof typeof BOOK_AGAIN_MS;
  readonly atMs: number;
}

/** What a partition remembers from one load to its end, and no longer: elsewhere other things may have been said and done since, and the answers to what a life has asked end with it. */
export class PartialLife {
  #told: BookTold | undefined = undefined;
  #isArchiving = false;

  /** Which word it is, if the book is to be told this: it was not yet, did not answer, or had no room. */
  bookTurn(word: BookWord, nowMs: number): number | undefined {
    const told = this.#told;
    if (told?.word === word && nowMs - told.atMs <= BOOK_AGAIN_MS[told.answer]) return undefined;
    const turn = (told?.turn ?? 0) + 1;
    this.#told = { word, turn, answer: told?.answer === "refused" ? "refused" : "none", atMs: nowMs };
    return turn;
  }

  /** Notes what the book has answered. What it says to an older word says nothing about this one. */
  noteBook(turn: number, answer: BookTold["answer"]): void {
    if (this.#told?.turn === turn) this.#told = { ...this.#told, answer };
  }

  /** Begins to write pages; answers whether nobody had begun. */
  beginArchiving(): boolean {
    const mayBegin = !this.#isArchiving;
    this.#isArchiving = true;
    return mayBegin;
  }

  endArchiving(): void {
    this.#isArchiving = false;
  }
}
