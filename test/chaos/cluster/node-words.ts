import type { TallyDurability } from "./tally.ts";

/** Bugs that a node can be told to have, one for each invariant. */
export const BUGS = ["unfenced", "forgetful", "overtaking", "swallowing", "neverAgain"] as const;
export type Bug = (typeof BUGS)[number];

/** The tallies of one run. */
export interface Tallies {
  readonly durability: TallyDurability;
  readonly ids: readonly string[];
}

/** What a run has a node say to tallies. */
export interface LoadOrder {
  readonly seed: number;
  /** The name under which this node sends: nobody else ever does. */
  readonly as: string;
  readonly tallies: Tallies;
  readonly everyMs: number;
  /** Whether some of it is delivered: then nothing that was acknowledged may be lost, or what comes later is never taken. */
  readonly delivers: boolean;
  /** How long a question waits for its answer. */
  readonly askWithinMs: number;
}

/** What a node is told to do. What has an `id` is answered. */
export type NodeCommand =
  | { readonly kind: "load"; readonly order: LoadOrder }
  /** Nothing new is said; deliveries without a receipt are sent again until they have one. */
  | { readonly kind: "quiet" }
  | { readonly kind: "forgetLoad" }
  /** Asks each tally again and again, the next question so long after the answer to the one before; `stopRounds` ends that. */
  | { readonly kind: "rounds"; readonly as: string; readonly tallies: Tallies; readonly everyMs: number }
  | { readonly kind: "stopRounds"; readonly id: number }
  | { readonly kind: "block"; readonly ms: number }
  | { readonly kind: "plant"; readonly bug: Bug | undefined }
  | {
      readonly kind: "remind";
      readonly tallies: Tallies;
      readonly seqs: readonly number[];
      readonly afterMs: number;
    }
  | { readonly kind: "report"; readonly id: number }
  | {
      readonly kind: "probe";
      readonly id: number;
      readonly tallies: Tallies;
      readonly withinMs: number;
    };

/** What came of asking around. */
export interface RoundsReport {
  readonly asked: number;
  readonly answered: number;
  /** How many questions ended with which fault. */
  readonly faults: Readonly<Record<string, number>>;
  /** How long the longest question took that found an entity at another node than the one before it, for each move. */
  readonly movesMs: readonly number[];
  /** How long all the others took. */
  readonly othersMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The latest number that each tally was asked, and those that were not answered. */
  readonly latest: Readonly<Record<string, number>>;
  readonly unanswered: Readonly<Record<string, readonly number[]>>;
}

/** How a node does. */
export interface NodeReport {
  /** Questions that have not ended, and deliveries without a receipt. */
  readonly open: number;
  /** Messages that were not handled, as the node has counted them; without the answers that came too late, which are none of a sender's. */
  readonly counted: number;
  /** What the log says of decisions of which nobody knows whether they are stored. */
  readonly doubtful: number;
  readonly active: number;
  readonly rssBytes: number;
}

/** What a message was, and to which tally. */
export type SaidWord = readonly [how: "tell" | "ask" | "deliver", tally: string, from: string, seq: number];
/** How it ended: `ok`, or the code of a fault. */
export type EndedWord = readonly [how: "ended", tally: string, from: string, seq: number, end: string];

/** What a node says. */
export type NodeWord =
  | { readonly kind: "ready" }
  | { readonly kind: "incarnation"; readonly incarnation: string }
  | { readonly kind: "happened"; readonly atMs: number; readonly words: readonly (SaidWord | EndedWord)[] }
  /** Without a number: its last, before it ends in order. */
  | { readonly kind: "report"; readonly id?: number; readonly report: NodeReport }
  | { readonly kind: "roundsEnded"; readonly id: number; readonly report: RoundsReport }
  /** Those that have not answered in time. */
  | { readonly kind: "probed"; readonly id: number; readonly silent: readonly string[]; readonly ms: number };

export const OK = "ok";
/** With this code a node ends that could not give everything away in time, as when its store is away. */
export const OUT_OF_TIME = 3;
