import { completeness, overall } from "../counting/watermark.ts";
import type { PartitionView } from "../counting/watermark.ts";
import { endOfBlock } from "./alert-state.ts";

/** How long partitions that are behind are waited for, where a rule can do without them, in milliseconds. */
const GRACE_MS = 60_000;

/** How far partitions are, for rules that want to judge blocks. */
export interface Progress {
  readonly partitions: readonly PartitionView[];
  readonly nowMs: number;
}

/**
 * Whether a block can be judged, and with which share of the partitions: when all have passed it; or, a minute after its end, when enough of them have. Until then a rule stands still:
 * a partition of which nothing is heard neither fires an alert nor ends one. Pure.
 */
export function readinessOf(
  block: number,
  { partitions, nowMs }: Progress,
  minCompleteness: number,
): { readonly isReady: boolean; readonly completeness: number } {
  const endMs = endOfBlock(block);
  const share = completeness(partitions, endMs, nowMs);
  const isPassed = (overall(partitions, nowMs) ?? Number.NEGATIVE_INFINITY) >= endMs;
  const isEnough = share >= minCompleteness && nowMs >= endMs + GRACE_MS;
  return { isReady: isPassed || isEnough, completeness: share };
}
