import type { EventOf } from "../../protocols/events.ts";
import type { CountPartialEvents } from "../../protocols/partial.ts";
import { addAccount, newAccount } from "../../runtime/counting/account.ts";
import type { Account } from "../../runtime/counting/account.ts";
import { blockOf } from "../../runtime/counting/cells.ts";
import { Counts } from "../../runtime/counting/counts.ts";
import { TallyOpener } from "../../runtime/counting/open-tally.ts";
import { afterBatch } from "../../runtime/counting/watermark.ts";
import { EventIds, idsFromTexts } from "./event-ids.ts";
import type { StoredIds } from "./event-ids.ts";
import { Leaving } from "./leaving.ts";
import type { StoredLeaving } from "./leaving.ts";
import { PartialLife } from "./partial-life.ts";

/** How large the parts of pages were before it was stored with each round, in bytes. */
const FIRST_PART_BYTES = 524_288;

/** What is stored of one partition: up to where it was counted, and what came of it. */
export interface PartialState {
  cursor: string | undefined;
  batches: number;
  readonly account: Account;
  /** Records or groups that the log no longer had. */
  lost: number;
  /** Groups of records that another consumer of the log has read. */
  handedOver: number;
  watermarkMs: number | undefined;
  isGone: boolean;
  readonly counts: Counts;
  /** What is on its way to pages, and belongs to this partition until it is there. */
  leaving: Leaving | undefined;
  /** How often counts have begun to leave. */
  rounds: number;
  /** What belongs to blocks before this one is on pages, but for what came late. */
  archivedBefore: number;
  /** What services have told: empty where a log is counted. */
  readonly ids: EventIds;
  /** Of the moment, and stored by nobody. */
  readonly opener: TallyOpener;
  /** The same. */
  readonly life: PartialLife;
}

/** One of which nothing has been counted. */
export function newPartialState(): PartialState {
  return {
    cursor: undefined,
    batches: 0,
    account: newAccount(),
    lost: 0,
    handedOver: 0,
    watermarkMs: undefined,
    isGone: false,
    counts: new Counts(),
    leaving: undefined,
    rounds: 0,
    archivedBefore: 0,
    ids: new EventIds(),
    opener: new TallyOpener(),
    life: new PartialLife(),
  };
}

/** Adds a batch, and moves the cursor. */
export function addBatch(
  state: PartialState,
  { to, tally, gap, handedOver, passedMs }: EventOf<CountPartialEvents, "counted">,
): void {
  addTally(state, tally, passedMs);
  state.cursor = to;
  state.batches++;
  state.lost += gap?.lost ?? 0;
  state.handedOver += handedOver?.groups ?? 0;
  state.isGone = false;
}

/** Adds what a service has told. */
export function addTold(
  state: PartialState,
  { tally, eventId, atMs, passedMs }: EventOf<CountPartialEvents, "told">,
): void {
  const { nowMs } = addTally(state, tally, passedMs);
  state.isGone = false;
  if (eventId !== undefined && atMs !== undefined) state.ids.add(eventId, atMs, nowMs);
}

/** Nothing will come any more. What was told until now is too late if it is told again: no id of it has to be known. */
export function end(state: PartialState): void {
  state.isGone = true;
  state.ids.forgetAll();
}

/** It is read again, though nothing has come yet. */
export function resume(state: PartialState): void {
  state.isGone = false;
}

/** Puts what is before a block where nothing more is added to it, so that it can be written part by part. */
export function leave(
  state: PartialState,
  { before, partBytes = FIRST_PART_BYTES, zones = [] }: EventOf<CountPartialEvents, "leaving">,
): void {
  state.rounds++;
  state.leaving = new Leaving(state.counts.takeBefore(before), { round: state.rounds, partBytes, zones });
  state.archivedBefore = before;
}

/** What has left is on its pages. */
export function forgetLeft(state: PartialState): void {
  state.leaving = undefined;
}

function addTally(
  state: PartialState,
  bytes: Uint8Array,
  passedMs: number | undefined,
): { readonly nowMs: number } {
  const tally = state.opener.open(bytes);
  state.opener.forget();
  const before = state.watermarkMs;
  const passed = Math.max(before ?? 0, passedMs ?? 0);
  addAccount(state.account, tally.account);
  state.counts.count(tally.counts, blockOf(passed));
  state.watermarkMs = afterBatch(passed === 0 ? undefined : passed, tally);
  tidy(state, before);
  return tally;
}

/** When another block is behind, it takes less room: what is late unpacks it until the next one is. */
function tidy({ counts, watermarkMs }: PartialState, beforeMs: number | undefined): void {
  if (watermarkMs === undefined || blockOf(watermarkMs) === blockOf(beforeMs ?? 0)) return;
  counts.pack(blockOf(watermarkMs));
}

interface Stored {
  readonly cursor?: string | undefined;
  readonly batches: number;
  readonly account: Account;
  readonly lost: number;
  /** Missing in what was stored before logs were shared. */
  readonly handedOver?: number;
  readonly watermarkMs?: number | undefined;
  readonly isGone: boolean;
  readonly counts: Uint8Array;
  readonly leaving?: StoredLeaving | undefined;
  readonly rounds: number;
  readonly archivedBefore: number;
  readonly ids: StoredIds;
}

/** As it was stored before: ids as texts, and what left without how it was divided. */
interface StoredBefore extends Omit<Stored, "ids" | "leaving"> {
  readonly leaving: Uint8Array;
  readonly ids: Parameters<typeof idsFromTexts>[0];
}

/** How it is stored as a whole. */
export const PARTIAL_SNAPSHOT = {
  version: 2,
  dump: ({ counts, leaving, account, ids, opener: _, life: _life, ...rest }: PartialState): Stored => ({
    ...rest,
    account: { ...account },
    counts: counts.encode(),
    leaving: leaving?.dump(),
    ids: ids.dump(),
  }),
  load(data: unknown): PartialState {
    const { counts, leaving, cursor, watermarkMs, ids, handedOver = 0, ...rest } = data as Stored;
    return {
      ...rest,
      handedOver,
      cursor,
      watermarkMs,
      counts: Counts.decode(counts),
      leaving: leaving === undefined ? undefined : Leaving.load(leaving),
      ids: EventIds.load(ids),
      opener: new TallyOpener(),
      life: new PartialLife(),
    };
  },
  upcast: {
    1(data: unknown): Stored {
      const { leaving, ids, ...rest } = data as StoredBefore;
      const division = { round: rest.rounds, partBytes: FIRST_PART_BYTES, zones: [] };
      const isLeaving = leaving.length > 0;
      return {
        ...rest,
        ids: idsFromTexts(ids),
        ...(isLeaving ? { leaving: { division, counts: leaving } } : {}),
      };
    },
  },
} as const;
