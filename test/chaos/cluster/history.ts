import type { EndedWord, SaidWord } from "./node-words.ts";
import { OK } from "./node-words.ts";
import type { TallyDurability } from "./tally.ts";

/** One record of a tally: which messages it notes, and who wrote it. */
export interface StoredStep {
  readonly version: number;
  readonly ownerEpoch: number;
  readonly incarnation: string;
  /** Each as `from:seq`. */
  readonly notes: readonly string[];
}

/** A message that somebody has said to a tally. */
export interface SaidMessage {
  readonly how: "tell" | "ask" | "deliver";
  readonly tally: string;
  readonly from: string;
  readonly seq: number;
  readonly atMs: number;
}

/** How a message has ended. */
export interface EndedMessage {
  readonly tally: string;
  readonly from: string;
  readonly seq: number;
  readonly end: string;
  readonly atMs: number;
}

/** How long it took until all tallies answered again, as one node saw it. */
export interface Recovery {
  readonly node: string;
  readonly silent: readonly string[];
  readonly ms: number;
}

/** All that is known of a run: what its checks look at, and nothing else. */
export interface History {
  readonly durability: TallyDurability;
  readonly said: readonly SaidMessage[];
  readonly ended: readonly EndedMessage[];
  /** By tally, oldest first: as it is stored at the end. */
  readonly stored: ReadonlyMap<string, readonly StoredStep[]>;
  /** What was stored, and has been lost on purpose since: who comes later has a larger epoch all the same. */
  readonly lost: ReadonlyMap<string, readonly StoredStep[]>;
  /** Dead letters of all nodes, and decisions that were given up and said so. */
  readonly counted: number;
  /** When processes were killed: what was in their memory is gone, and nobody can have counted it. */
  readonly killedAtMs: readonly number[];
  /** Names under which nobody is there any more to hear how his messages ended. */
  readonly gone: ReadonlySet<string>;
  /** What was acknowledged before that may be lost; undefined when nothing may. */
  readonly forgivenUntilMs: number | undefined;
  /** When somebody accepted that: until then nothing was to be promised. */
  readonly acceptedAtMs: number | undefined;
  readonly recoveries: readonly Recovery[];
  /** Processes that ended unasked, and the like. */
  readonly mishaps: readonly string[];
}

/** What happens in a run, as it is told. */
export class HistoryBook {
  readonly said: SaidMessage[] = [];
  readonly ended: EndedMessage[] = [];
  readonly killedAtMs: number[] = [];
  readonly gone = new Set<string>();
  readonly mishaps: string[] = [];
  readonly lost = new Map<string, readonly StoredStep[]>();
  forgivenUntilMs: number | undefined = undefined;
  acceptedAtMs: number | undefined = undefined;
  readonly #tallies: ReadonlySet<string>;

  constructor(tallies: readonly string[]) {
    this.#tallies = new Set(tallies);
  }

  /** What a history has of it. */
  get told(): Omit<History, "durability" | "stored" | "counted" | "recoveries"> {
    const { said, ended, killedAtMs, gone, mishaps, lost, forgivenUntilMs, acceptedAtMs } = this;
    return { said, ended, killedAtMs, gone, mishaps, lost, forgivenUntilMs, acceptedAtMs };
  }

  /** What comes late of an earlier run is not heard. @param atMs the time at which it was said, of the machine's clock like all times here */
  hear(words: readonly (SaidWord | EndedWord)[], atMs: number): void {
    for (const word of words) {
      const [how, tally, from, seq] = word;
      if (!this.#tallies.has(tally)) continue;
      if (how === "ended") this.ended.push({ tally, from, seq, end: word[4], atMs });
      else this.said.push({ how, tally, from, seq, atMs });
    }
  }
}

/** The key by which a message is known everywhere. Pure. */
export function messageKey({ tally, from, seq }: Pick<SaidMessage, "tally" | "from" | "seq">): string {
  return `${tally} ${from}:${seq}`;
}

/** How often each message is stored, by its key. Pure. */
export function storedCounts({ stored }: Pick<History, "stored">): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [tally, steps] of stored) {
    for (const note of steps.flatMap(({ notes }) => notes)) {
      const key = `${tally} ${note}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** Whether a message was answered, or its receipt has come. Pure. */
export function isPromised({ end }: EndedMessage): boolean {
  return end === OK;
}
