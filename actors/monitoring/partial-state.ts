import type { EventOf } from "../../protocols/events.ts";
import type { CountPartialEvents } from "../../protocols/partial.ts";
import { addAccount, newAccount } from "../../runtime/counting/account.ts";
import type { Account } from "../../runtime/counting/account.ts";
import { blockOf } from "../../runtime/counting/cells.ts";
import { Counts } from "../../runtime/counting/counts.ts";
import { readTally } from "../../runtime/counting/tally.ts";
import { afterBatch } from "../../runtime/counting/watermark.ts";
import { EventIds } from "./event-ids.ts";
import type { StoredIds } from "./event-ids.ts";

/** Blocks that are kept unpacked behind the watermark: records are a little late often. */
const WARM_BLOCKS = 2;

/** What is stored of one partition: up to where it was counted, and what came of it. */
export interface PartialState {
  cursor: string | undefined;
  batches: number;
  readonly account: Account;
  /** Records or groups that the log no longer had. */
  lost: number;
  watermarkMs: number | undefined;
  isGone: boolean;
  readonly counts: Counts;
  /** What is on its way to pages, and belongs to this partition until it is there. */
  leaving: Counts;
  /** How often counts have begun to leave. */
  rounds: number;
  /** What belongs to blocks before this one is on pages, but for what came late. */
  archivedBefore: number;
  /** What services have told: empty where a log is counted. */
  readonly ids: EventIds;
}

/** One of which nothing has been counted. */
export function newPartialState(): PartialState {
  return {
    cursor: undefined,
    batches: 0,
    account: newAccount(),
    lost: 0,
    watermarkMs: undefined,
    isGone: false,
    counts: new Counts(),
    leaving: new Counts(),
    rounds: 0,
    archivedBefore: 0,
    ids: new EventIds(),
  };
}

/** Adds a batch, and moves the cursor. */
export function addBatch(
  state: PartialState,
  { to, tally, gap, passedMs }: EventOf<CountPartialEvents, "counted">,
): void {
  addTally(state, tally, passedMs);
  state.cursor = to;
  state.batches++;
  state.lost += gap?.lost ?? 0;
  state.isGone = false;
}

/** Adds what a service has told. */
export function addTold(
  state: PartialState,
  { tally, eventId, atMs, passedMs }: EventOf<CountPartialEvents, "told">,
): void {
  addTally(state, tally, passedMs);
  if (eventId !== undefined && atMs !== undefined) state.ids.add(eventId, atMs);
}

/** Puts what is before a block where nothing more is added to it, so that it can be written part by part. */
export function leave(state: PartialState, { before }: EventOf<CountPartialEvents, "leaving">): void {
  state.leaving = state.counts.takeBefore(before);
  state.rounds++;
  state.archivedBefore = before;
}

/** What has left is on its pages. */
export function forgetLeft(state: PartialState): void {
  state.leaving = new Counts();
}

function addTally(state: PartialState, bytes: Uint8Array, passedMs: number | undefined): void {
  const tally = readTally(bytes);
  const before = state.watermarkMs;
  const passed = Math.max(before ?? 0, passedMs ?? 0);
  addAccount(state.account, tally.account);
  state.counts.add(Counts.decode(tally.counts), blockOf(passed));
  state.watermarkMs = afterBatch(passed === 0 ? undefined : passed, tally);
  tidy(state, before);
}

/** When another block is behind, older ones take less room. */
function tidy({ counts, watermarkMs }: PartialState, beforeMs: number | undefined): void {
  if (watermarkMs === undefined || blockOf(watermarkMs) === blockOf(beforeMs ?? 0)) return;
  counts.pack(blockOf(watermarkMs) - WARM_BLOCKS);
}

interface Stored {
  readonly cursor?: string | undefined;
  readonly batches: number;
  readonly account: Account;
  readonly lost: number;
  readonly watermarkMs?: number | undefined;
  readonly isGone: boolean;
  readonly counts: Uint8Array;
  readonly leaving: Uint8Array;
  readonly rounds: number;
  readonly archivedBefore: number;
  readonly ids: StoredIds;
}

/** How it is stored as a whole. */
export const PARTIAL_SNAPSHOT = {
  version: 1,
  dump: ({ counts, leaving, account, ids, ...rest }: PartialState): Stored => ({
    ...rest,
    account: { ...account },
    counts: counts.encode(),
    leaving: leaving.encode(),
    ids: ids.dump(),
  }),
  load(data: unknown): PartialState {
    const { counts, leaving, cursor, watermarkMs, ids, ...rest } = data as Stored;
    return {
      ...rest,
      cursor,
      watermarkMs,
      counts: Counts.decode(counts),
      leaving: Counts.decode(leaving),
      ids: EventIds.load(ids),
    };
  },
} as const;
