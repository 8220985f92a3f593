/** One side of a conversation between two processes, over whatever is measured. */
export interface Talk {
  /** Says something to the other side that nobody answers; false when that is too much for now. */
  tell(): boolean;
  /** Resolves with the answer of the other side: how many tells have come to it. */
  ask(): Promise<number>;
  /** Ends it. */
  close(): Promise<void>;
}

/** Makes both sides of a conversation. */
export interface Talkers {
  /** Counts what it is told, and answers. */
  answer(url: string): Promise<void>;
  /** Resolves when the other side can be reached. */
  call(url: string): Promise<Talk>;
}

/** What every message carries besides what finds its way: as much as a line of chat. */
export const TEXT = "x".repeat(100);
