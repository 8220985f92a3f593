import type { PartitionState } from "../../protocols/partial.ts";
import { LATE_MS } from "./batch-time.ts";

/** How far records of a partition may be out of order, in milliseconds. */
export const OUT_OF_ORDER_MS = 10_000;
/** How long a record may be on its way into a log that has been read to its end, in milliseconds. */
export const SAFETY_MS = 15_000;
/** Whoever says nothing of a partition for so long is taken to be stalled, in milliseconds. */
export const SILENT_MS = 10_000;

/** What is known of how far one partition has been counted. */
export interface PartitionView {
  /** `<source>/<partition>` */
  readonly id: string;
  readonly state: PartitionState;
  /** Everything up to here is counted, but for what comes late; undefined as long as nothing is known. */
  readonly watermarkMs: number | undefined;
  readonly lagMs: number | undefined;
}

/** How far a partition has been counted after a batch: never back. Pure. */
export function afterBatch(
  before: number | undefined,
  { latestMs, nowMs }: { readonly latestMs: number | undefined; readonly nowMs: number },
): number | undefined {
  if (latestMs === undefined) return before;
  return Math.max(before ?? 0, Math.min(latestMs - OUT_OF_ORDER_MS, nowMs));
}

/** How far it has been counted where its reader had everything at `caughtUpMs`: time passes also without records. Pure. */
export function whenCaughtUp(before: number | undefined, caughtUpMs: number | undefined): number | undefined {
  if (caughtUpMs === undefined) return before;
  return Math.max(before ?? 0, caughtUpMs - SAFETY_MS);
}

/** How far all have been counted: as far as the last of them. Pure. */
export function overall(partitions: readonly PartitionView[], nowMs: number): number | undefined {
  const marks = partitions
    .filter((view) => isAwaited(view, nowMs))
    .map(({ watermarkMs }) => watermarkMs ?? Number.NEGATIVE_INFINITY);
  const least = Math.min(...marks);
  return Number.isFinite(least) ? least : undefined;
}

/** Which share of the partitions has been counted up to a time; 1 where there is none to wait for. Pure. */
export function completeness(partitions: readonly PartitionView[], untilMs: number, nowMs: number): number {
  const { length: all } = partitions.filter((view) => isAwaited(view, nowMs));
  return all === 0 ? 1 : (all - behind(partitions, untilMs, nowMs).length) / all;
}

/** Those that have not been counted up to a time, and are waited for. Pure. */
export function behind(partitions: readonly PartitionView[], untilMs: number, nowMs: number): string[] {
  return partitions
    .filter(
      (view) => isAwaited(view, nowMs) && !(view.watermarkMs !== undefined && view.watermarkMs >= untilMs),
    )
    .map(({ id }) => id);
}

/** Nobody waits for one that has ended, nor for one that nobody reads and from which anything would be too late; one that is read will come. */
function isAwaited({ state, watermarkMs }: PartitionView, nowMs: number): boolean {
  if (state === "gone") return false;
  return state !== "stalled" || watermarkMs === undefined || nowMs - watermarkMs <= LATE_MS;
}
