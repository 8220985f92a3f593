import type { PartitionState } from "../../../protocols/partial.ts";
import type { Batch } from "../source.ts";
import type { PullerContext } from "./puller.ts";
import type { PullerState } from "./puller-state.ts";

/** How often who counts is told how a partition stands, in milliseconds, unless that has changed. */
const TELL_EVERY_MS = 1_000;

/** Tells who counts how the partition stands: what is finished is known by it, also while nothing comes. */
export function tellStanding(state: PullerState, batch: Batch, context: PullerContext): void {
  const { account, partial } = state;
  const standing = standingOf(batch);
  const nowMs = context.nowMs();
  if (standing === account.state && nowMs - state.toldAtMs < TELL_EVERY_MS) return;
  account.state = standing;
  state.toldAtMs = nowMs;
  const { lagMs } = account;
  const { cursor } = account;
  const upTo = cursor === undefined ? {} : { cursor };
  const atMs = standing === "caughtUp" ? { atMs: batch.endTimeMs, ...upTo } : {};
  context.tell(partial, { kind: "standing", state: standing, ...atMs, lagMs });
}

/** Tells who counts that nothing is known of the partition at the moment: nothing of it is finished by the passing of time. */
export function tellStalled(state: PullerState, context: PullerContext): void {
  const { account, partial } = state;
  const nowMs = context.nowMs();
  if (account.state === "stalled" && nowMs - state.toldAtMs < TELL_EVERY_MS) return;
  account.state = "stalled";
  state.toldAtMs = nowMs;
  context.tell(partial, { kind: "standing", state: "stalled", lagMs: account.lagMs });
}

/** Tells who counts that nothing will come of the partition any more. */
export function tellGone({ account, partial }: PullerState, context: PullerContext): void {
  account.state = "gone";
  context.tell(partial, { kind: "standing", state: "gone" });
}

function standingOf({ isOver, isAtEnd, units }: Batch): PartitionState {
  if (isOver) return "gone";
  if (!isAtEnd) return "lagging";
  return units > 0 ? "flowing" : "caughtUp";
}
