import type { CountPartialProtocol } from "../../../protocols/partial.ts";
import type { Reference } from "../../../protocols/reference.ts";
import type { Tally } from "../../../runtime/counting/tally.ts";
import type { Clock } from "../../../runtime/time/clock.ts";
import type { Batch, Reader, Source } from "../source.ts";
import type { PullerAccount, PullerLedger } from "./puller-account.ts";
import type { ReadBudget } from "./read-budget.ts";
import { ReadSize } from "./read-size.ts";
import type { Tallies } from "./tallies.ts";

/** The most that is asked for at a time: lines, or groups. */
const UNITS_MAX = 20_000;

/** What all pullers of a node have in common. */
export interface PullerHost {
  readonly clock: Clock;
  readonly budget: ReadBudget;
  readonly ledger: PullerLedger;
  readonly tallies: Tallies;
  /** Who owns the counts of a partition, and the cursor up to which it is counted. */
  readonly partialOf: (source: string, partition: string) => Reference<CountPartialProtocol>;
}

/** What one puller is started with. */
export interface PullerArgs {
  readonly host: PullerHost;
  readonly source: Source;
  readonly partition: string;
  /** Whether what was read may be counted now; for ever unless given. */
  readonly mayCount?: (() => boolean) | undefined;
}

/** What a puller knows in one of its lives; what must outlive it is with the counts. */
export interface PullerState extends PullerArgs {
  readonly partial: Reference<CountPartialProtocol>;
  /** Shared with other pullers: it is of use from `begin` until the next pause. */
  readonly tally: Tally;
  readonly size: ReadSize;
  readonly account: PullerAccount;
  reader: Reader;
  /** Up to where it is counted; `unknown` until who counts has said. */
  position: { readonly cursor: string | undefined } | "unknown";
  /** Ends the latest read. */
  reading: AbortController | undefined;
  /** A read that was begun while the batch before it was being stored. */
  ahead: Ahead | undefined;
  /** Whether the partition may begin. */
  isReady: boolean;
  failuresInRow: number;
  /** How often counting the batch at this place has failed. */
  poisonTries: number;
  /** Who counts has refused the single unit at this place. */
  isRefused: boolean;
  /** When records came last, by the clock that never jumps. */
  busyAtMs: number;
  /** When the counts were told last how the partition stands. */
  toldAtMs: number;
  /** Not before this time is it read again. */
  dueAtMs: number;
}

/** A read that is under way. */
export interface Ahead {
  readonly cursor: string | undefined;
  /** What was taken of the budget for it. */
  readonly bytes: number;
  readonly batch: Promise<Batch>;
}

/** A puller before its first look. */
export function newPuller(args: PullerArgs, nowMs: number): PullerState {
  const { host, source, partition } = args;
  return {
    ...args,
    partial: host.partialOf(source.name, partition),
    tally: host.tallies.of(source.name),
    size: new ReadSize(source.unitsMax ?? UNITS_MAX),
    account: host.ledger.of(source.name, partition),
    reader: source.open(partition),
    position: "unknown",
    reading: undefined,
    ahead: undefined,
    isReady: false,
    failuresInRow: 0,
    poisonTries: 0,
    isRefused: false,
    busyAtMs: nowMs,
    toldAtMs: Number.NEGATIVE_INFINITY,
    dueAtMs: nowMs,
  };
}
