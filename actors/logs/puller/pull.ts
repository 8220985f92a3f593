import { Fault } from "../../../runtime/fault.ts";
import { PullFailure } from "../source.ts";
import type { Batch, Remedy } from "../source.ts";
import { countBatch } from "./counting.ts";
import type { Counted } from "./counting.ts";
import { nextReadMs, retryMs } from "./pace.ts";
import type { PullerContext } from "./puller.ts";
import type { PullerState } from "./puller-state.ts";
import { readNext } from "./reading.ts";
import type { ReadBatch } from "./reading.ts";
import { tellGone, tellStalled, tellStanding } from "./standing.ts";

/** How often a puller looks whether its partition may begin, in milliseconds. */
const READY_WAIT_MS = 500;
/** How long a puller waits for bytes that others hold, in milliseconds. */
const BUDGET_WAIT_MS = 20;
/** How often a failure in a row is worth a line of the log: the first time, and then whenever so many more have come. */
const FAILURES_PER_LINE = 20;

/** One step of a puller: reads a batch and has it counted. Answers in how many milliseconds the next one is due, or that there is nothing to read here any more. */
export async function pullOnce(state: PullerState, context: PullerContext): Promise<number | "leave"> {
  try {
    if (!(await isReady(state, context))) return READY_WAIT_MS;
    const cursor = await positionOf(state, context);
    const read = await readNext(state, cursor, context);
    if (read === undefined) return BUDGET_WAIT_MS;
    if (context.signal.aborted || state.mayCount?.() === false) return leaveUncounted(state, read);
    const counted = await countBatch(state, { ...read, cursor }, context);
    return afterBatch(state, read.batch, counted, context);
  } catch (error) {
    // Its own end is no failure of the source.
    if (context.signal.aborted) return "leave";
    return afterFailure(state, failureOf(error), context);
  }
}

/** It has been told to end, or was not at work for so long that somebody else may read this partition by now. */
function leaveUncounted({ host }: PullerState, { bytes, batch }: ReadBatch): "leave" {
  host.budget.give(bytes);
  batch.release?.();
  return "leave";
}

/** Whether the partition may begin. Once it may, it stays so. */
async function isReady(state: PullerState, context: PullerContext): Promise<boolean> {
  const { source, partition, host, account } = state;
  if (state.isReady || source.isReady === undefined) return true;
  const position = async (other: string): Promise<string | undefined> =>
    (await context.ask(host.partialOf(source.name, other), { kind: "position" })).cursor;
  account.step = "waits for those before it";
  state.isReady = await source.isReady(partition, position, context.signal);
  context.beat("looked for those before it");
  return state.isReady;
}

async function positionOf(state: PullerState, context: PullerContext): Promise<string | undefined> {
  const { position, partial, account, host } = state;
  if (position !== "unknown") return position.cursor;
  host.budget.join(account.key);
  account.step = "asks";
  const { cursor } = await context.ask(partial, { kind: "position" });
  context.beat("asked");
  state.position = { cursor };
  account.cursor = cursor;
  return cursor;
}

function afterBatch(
  state: PullerState,
  batch: Batch,
  counted: Counted,
  context: PullerContext,
): number | "leave" {
  const { account, host } = state;
  state.failuresInRow = 0;
  const nowMs = context.nowMs();
  account.provedAtMs = nowMs;
  host.budget.note(account.key, account.lagMs);
  if (batch.units > 0) state.busyAtMs = nowMs;
  tellStanding(state, batch, context);
  if (counted === "again") return 0;
  if (batch.isOver) return "leave";
  state.size.grow();
  const { isAtEnd, units, bytes } = batch;
  const unitsMax = batch.unitsAsked ?? state.size.units;
  const hasMoved = counted === "moved";
  return nextReadMs({ isAtEnd, hasMoved, units, unitsMax, bytes }, nowMs - state.busyAtMs);
}

/** What is no failure of the source or of who counts is a bug, and ends this life. */
function failureOf(error: unknown): PullFailure {
  if (error instanceof PullFailure) return error;
  if (error instanceof Fault && error.code !== "staleTurn") {
    return new PullFailure(error.code, "retry", `who counts did not answer: ${error.message}`);
  }
  throw error;
}

function afterFailure(state: PullerState, failure: PullFailure, context: PullerContext): number | "leave" {
  const { account, host } = state;
  const { remedy, code, message: text } = failure;
  if (remedy === "leave") {
    tellGone(state, context);
    return "leave";
  }
  state.failuresInRow++;
  // As far behind as it was when it was read last: one that cannot be read takes nothing from the others.
  host.budget.note(account.key, account.lagMs);
  // Whether the last batch was counted is unknown: who counts knows it.
  state.position = "unknown";
  account.failures++;
  account.trouble = { atMs: context.wallMs(), code, text };
  tellStalled(state, context);
  if (remedy === "shrink") state.size.halve();
  if (state.failuresInRow % FAILURES_PER_LINE === 1) logFailure(state, failure, context);
  return retryMs(remedy, state.failuresInRow, context.random());
}

const NEEDS_PEOPLE: readonly Remedy[] = ["escalate", "wait"];

function logFailure(
  { account }: PullerState,
  { remedy, code, message }: PullFailure,
  context: PullerContext,
): void {
  const { source, partition } = account;
  const fields = { source, partition, code, why: message };
  if (NEEDS_PEOPLE.includes(remedy)) context.log.error("logs.unreadable", fields);
  else context.log.warn("logs.readFailed", fields);
}
