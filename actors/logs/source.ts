import type { Row } from "../../runtime/counting/row.ts";
import type { PartitionGroup } from "./group/partition-group.ts";

/** Where logs come from. Sources differ in how they are read, and in nothing else: who reads them knows only this. */
export interface Source {
  readonly name: string;
  /** `here`: what this node alone can read, such as a file of its machine. `anywhere`: each partition is read by one node of the cluster. */
  readonly place: "here" | "anywhere";
  /** How many units may be asked for at a time; 20,000 unless given. */
  readonly unitsMax?: number;
  /** How long one read may take as a whole, in milliseconds; 8,000 unless given. */
  readonly readWithinMs?: number;
  /** Where it is shared with consumers outside of this cluster: this node reads what the group gives to it. */
  readonly group?: PartitionGroup | undefined;
  /** The parts that are read independently of each other, as they are now. Rejects with PullFailure. */
  partitions(signal: AbortSignal): Promise<readonly Partition[]>;
  /** Takes what one process at a time may read, for as long as it runs; false while another one has it. */
  claim?(): boolean;
  /** Gives back what it holds. */
  close?(): void;
  /** Whether a partition may begin: it may have to wait for others. Rejects with PullFailure. */
  isReady?(partition: string, positionOf: PositionOf, signal: AbortSignal): Promise<boolean>;
  /** Reads one of them; what it holds, such as a file or a socket, is its own. */
  open(partition: string): Reader;
}

/** A part of a source that has an order and a place in it of its own. */
export interface Partition {
  /** Unique in its source: letters, digits, dots, hyphens, underscores. */
  readonly id: string;
}

/** Up to where a partition is counted; undefined where nothing of it is. */
export type PositionOf = (partition: string) => Promise<string | undefined>;

/** Reads a partition from any place in it. One read at a time. */
export interface Reader {
  /** What comes after the cursor; at least one unit if there is one. What it answers counts until the next read. Rejects with PullFailure. */
  read(request: ReadRequest): Promise<Batch>;
  /** Gives back what it holds, also in the middle of a read. */
  close(): void;
}

/** What is to be read. */
export interface ReadRequest {
  /** Undefined: from where the source says that reading begins. */
  readonly cursor: string | undefined;
  readonly bytesMax: number;
  /** Units are what a source gives out whole: a line of a file, a group of logs. */
  readonly unitsMax: number;
  readonly signal: AbortSignal;
  /** Called after each step of the way: the reader is alive. */
  readonly onProgress: (step: string) => void;
}

/** Records that are not there any more, and were not read before. */
export interface Gap {
  /** How many records or groups of them; undefined where nobody can know. */
  readonly lost: number | undefined;
  readonly text: string;
}

/** Records that another consumer has read with whom the source is shared: not ours, and not lost. */
export interface HandedOver {
  /** How many groups of records; undefined where nobody can know. */
  readonly groups: number | undefined;
  readonly text: string;
}

/** What was read in one go: from one place in a partition to another. */
export interface Batch {
  /** The cursor behind it. The same as was asked for: there was nothing new. */
  readonly to: string | undefined;
  readonly units: number;
  /** How many were asked for, where that is less than might have been. */
  readonly unitsAsked?: number;
  readonly bytes: number;
  /** Whether everything has been read that is there. */
  readonly isAtEnd: boolean;
  /** When the log took in the end of the batch, by the clock of the source, in milliseconds since 1970: when it was read, if that is all there is. */
  readonly endTimeMs: number;
  /** Nothing will ever come after it. */
  readonly isOver: boolean;
  /** How far the reader is behind the log after it, where the source knows that, in milliseconds. */
  readonly lagMs?: number | undefined;
  /** What was lost before it. */
  readonly gap: Gap | undefined;
  /** What somebody else has read before it. */
  readonly handedOver?: HandedOver | undefined;
  /** Visits all records that can be read, with these of their fields; the row is the same one each time. Answers what could not. It may be called again. */
  rows(fields: readonly string[], visit: (row: Row) => void): Unread;
  /** Nobody will visit its rows any more: what they lie in may be used again. */
  release?(): void;
}

/** What of a batch could not be read. */
export interface Unread {
  /** Records that are not written as they should be. */
  readonly unparsable: number;
  /** Units of which nothing can be read at all, and why. */
  readonly damaged: readonly string[];
}

/**
 * What a reader does about a read that failed: `retry` the same; `shrink`: it took too long, so less at a time; `slowDown`: the source is asked for too much; `wait`: something has to be
 * set up first; `escalate`: somebody must look; `leave`: the partition is not there any more.
 */
export type Remedy = "retry" | "shrink" | "slowDown" | "wait" | "escalate" | "leave";

/** Why a source could not be read, and what may be done about it. */
export class PullFailure extends Error {
  override readonly name = "PullFailure";
  readonly code: string;
  readonly remedy: Remedy;

  constructor(code: string, remedy: Remedy, text: string) {
    super(text);
    this.code = code;
    this.remedy = remedy;
  }
}
