import type { Reply } from "../../../protocols/protocol.ts";
import type { CountPartialProtocol } from "../../../protocols/partial.ts";
import type { Batch } from "../source.ts";
import type { PullerContext } from "./puller.ts";
import type { PullerState } from "./puller-state.ts";
import { readAhead } from "./reading.ts";

/** How often a batch that cannot be counted is tried as a whole, before what is wrong with it is looked for. */
const TRIES_AS_A_WHOLE = 2;

/** What is to be counted, and from where it was read. */
export interface ToCount {
  readonly batch: Batch;
  /** What it holds of the budget; given back as soon as the batch is not needed any more. */
  readonly bytes: number;
  readonly cursor: string | undefined;
}

/** What became of a batch: the cursor has moved, there was nothing to move it for, or less is to be tried. */
export type Counted = "moved" | "nothing" | "again";

type Submitted = Reply<CountPartialProtocol, "submit">;

/** Has a batch counted, and its cursor moved with the counts; what cannot be counted is narrowed down to one unit, which is put aside and counted as such. */
export async function countBatch(
  state: PullerState,
  read: ToCount,
  context: PullerContext,
): Promise<Counted> {
  const { batch, cursor } = read;
  let tally: Uint8Array | undefined;
  try {
    if (batch.to === undefined || (batch.to === cursor && batch.gap === undefined)) return "nothing";
    tally = tallyOf(state, batch, context);
  } finally {
    state.host.budget.give(read.bytes);
    batch.release?.();
  }
  if (tally === undefined) return "again";
  const records = state.tally.read;
  if (!batch.isAtEnd && !batch.isOver) readAhead(state, batch.to, context);
  state.account.step = "submits";
  const reply = await context.ask(state.partial, {
    kind: "submit",
    ...(cursor === undefined ? {} : { from: cursor }),
    to: batch.to,
    tally,
    ...gapOf(batch),
    ...handedOverOf(batch),
    state: batch.isAtEnd ? "flowing" : "lagging",
    lagMs: state.account.lagMs,
  });
  context.beat("counted");
  return take(state, reply, { batch, records }, context);
}

function gapOf({ gap }: Batch): { gap?: { lost?: number; text: string } } {
  if (gap === undefined) return {};
  const { lost, text } = gap;
  return { gap: lost === undefined ? { text } : { lost, text } };
}

function handedOverOf({ handedOver }: Batch): { handedOver?: { groups?: number; text: string } } {
  if (handedOver === undefined) return {};
  const { groups, text } = handedOver;
  return { handedOver: groups === undefined ? { text } : { groups, text } };
}

/** The counts of a batch; undefined when it cannot be counted as a whole, and less is to be read. */
function tallyOf(state: PullerState, batch: Batch, context: PullerContext): Uint8Array | undefined {
  const { tally, account } = state;
  if (state.isRefused && batch.units <= 1) {
    return putAside(state, batch, { why: "its counts are too large", context });
  }
  try {
    tally.begin(batch.endTimeMs);
    let latestMs = 0;
    const { unparsable, damaged } = batch.rows(tally.fields, (row) => {
      if (row.timeMs > latestMs) latestMs = row.timeMs;
      tally.add(row);
    });
    tally.addUnparsable(unparsable);
    tally.addQuarantined(damaged.length);
    for (const why of damaged) logQuarantined(state, why, context);
    account.lagMs = batch.lagMs ?? lagOf(batch, latestMs);
    account.unparsable += unparsable;
    account.quarantined += damaged.length;
    return tally.encode();
  } catch (error) {
    return afterPoison(state, batch, { error: error as Error, context });
  }
}

interface Poison {
  readonly error: Error;
  readonly context: PullerContext;
}

function lagOf({ isAtEnd, endTimeMs }: Batch, latestMs: number): number {
  return isAtEnd || latestMs === 0 ? 0 : Math.max(0, endTimeMs - latestMs);
}

/** Tries it again as a whole, then ever smaller parts of it; a single unit is put aside. */
function afterPoison(state: PullerState, batch: Batch, { error, context }: Poison): Uint8Array | undefined {
  if (batch.units <= 1) return putAside(state, batch, { why: error.message, context });
  state.poisonTries++;
  if (state.poisonTries >= TRIES_AS_A_WHOLE) state.size.halve(batch.units);
  return undefined;
}

interface Aside {
  readonly why: string;
  readonly context: PullerContext;
}

function putAside(state: PullerState, batch: Batch, { why, context }: Aside): Uint8Array {
  const { tally, account } = state;
  account.quarantined++;
  logQuarantined(state, why, context);
  tally.begin(batch.endTimeMs);
  tally.addQuarantined(1);
  return tally.encode();
}

function logQuarantined({ account }: PullerState, why: string, context: PullerContext): void {
  const { source, partition, cursor } = account;
  context.log.error("logs.quarantined", { source, partition, after: cursor, why });
}

interface Sent {
  readonly batch: Batch;
  readonly records: number;
}

function take(
  state: PullerState,
  reply: Submitted,
  { batch, records }: Sent,
  context: PullerContext,
): Counted {
  const { account } = state;
  if (reply.kind === "refused") {
    // Too many counts for one record: half of the batch has fewer.
    state.isRefused = batch.units <= 1;
    state.size.halve(batch.units);
    return "again";
  }
  state.poisonTries = 0;
  state.isRefused = false;
  state.position = { cursor: reply.cursor };
  account.cursor = reply.cursor;
  if (reply.kind !== "counted") return "again";
  account.counted(records, batch.bytes, context.nowMs());
  noteGap(state, batch, context);
  noteHandedOver(state, batch, context);
  return "moved";
}

function noteGap({ account }: PullerState, { gap }: Batch, context: PullerContext): void {
  if (gap === undefined) return;
  account.gaps++;
  account.lost += gap.lost ?? 0;
  const { source, partition } = account;
  context.log.error("logs.gap", { source, partition, lost: gap.lost, why: gap.text });
}

function noteHandedOver({ account }: PullerState, { handedOver }: Batch, context: PullerContext): void {
  if (handedOver === undefined) return;
  account.handedOver += handedOver.groups ?? 0;
  const { source, partition } = account;
  context.log.info("logs.handedOver", { source, partition, groups: handedOver.groups, why: handedOver.text });
}
