/** What one answer may hold while it is added up, in bytes. */
export const ANSWER_BYTES_MAX = 134_217_728;
/** What all answers together may hold. */
export const ANSWERS_BYTES_MAX = 268_435_456;

/** The part of a question by which an answer grows: for each combination of values something is held, and more for those that are shown. */
type HeldFor = "by" | "top";

/** An answer would hold more than one may, or than is left beside the others: what the question is to be refused with. */
export class NoMemory extends Error {
  /** Whether it would fit if it were alone. */
  readonly isForNow: boolean;
  readonly field: HeldFor;

  constructor(isForNow: boolean, field: HeldFor) {
    super(isForNow ? "other answers take the memory" : "the answer takes too much memory");
    this.isForNow = isForNow;
    this.field = field;
  }
}

/** How much all answers that are being added up hold, estimated, so that no question and no number of them takes the memory of a node. */
export class AnswerMemory {
  #held = 0;

  get heldBytes(): number {
    return this.#held;
  }

  /** Gives one answer its share for as long as it is worked at. */
  async lend<T>(work: (share: MemoryShare) => Promise<T>): Promise<T> {
    let own = 0;
    const take = (bytes: number, field: HeldFor): void => {
      if (own + bytes > ANSWER_BYTES_MAX) throw new NoMemory(false, field);
      if (this.#held + bytes > ANSWERS_BYTES_MAX) throw new NoMemory(true, field);
      own += bytes;
      this.#held += bytes;
    };
    try {
      return await work({ take });
    } finally {
      this.#held -= own;
    }
  }
}

/** What one answer may hold. */
export interface MemoryShare {
  /** @throws NoMemory when there is not as much */
  readonly take: (bytes: number, field: HeldFor) => void;
}
