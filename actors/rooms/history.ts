import type { Publication } from "../../protocols/client-frames.ts";

/** How much of what was said a room keeps. */
export interface HistoryBounds {
  /** Publications. */
  readonly size: number;
  /** Bytes of their JSON, all together. */
  readonly bytes: number;
  readonly ageMs: number;
}

interface Entry {
  readonly publication: Publication;
  readonly bytes: number;
  /** When it came, on the clock that never jumps. */
  readonly atMs: number;
}

/** The latest publications of one life of a room, without a hole between them. Owned by its room, changed in place. */
export interface History {
  /** Oldest first. */
  readonly entries: Entry[];
  /** The offset of the latest publication, kept or not; 0 before the first. */
  offset: number;
  /** What the kept publications weigh. */
  bytes: number;
}

/** A room in which nothing was said yet. */
export function newHistory(): History {
  return { entries: [], offset: 0, bytes: 0 };
}

/** Adds a publication whose offset follows the latest, and forgets what exceeds the bounds. Pure but for the history. */
export function append(history: History, entry: Entry, bounds: HistoryBounds): void {
  history.entries.push(entry);
  history.offset = entry.publication.offset;
  history.bytes += entry.bytes;
  forget(history, bounds, entry.atMs);
}

/** Forgets what exceeds the bounds at `nowMs`, oldest first. */
export function forget(history: History, bounds: HistoryBounds, nowMs: number): void {
  const { entries } = history;
  for (let oldest = entries[0]; oldest !== undefined; oldest = entries[0]) {
    const isWithin =
      entries.length <= bounds.size && history.bytes <= bounds.bytes && nowMs - oldest.atMs <= bounds.ageMs;
    if (isWithin) return;
    entries.shift();
    history.bytes -= oldest.bytes;
  }
}

/** The latest that are kept, oldest first; all of them unless told how many. */
export function kept({ entries }: History, count = entries.length): Publication[] {
  return entries.slice(Math.max(0, entries.length - count)).map(({ publication }) => publication);
}

/** Everything after `offset`; undefined when that is not kept any more, or `offset` was never reached. */
export function since(history: History, offset: number): Publication[] | undefined {
  const missed = history.offset - offset;
  if (missed < 0 || missed > history.entries.length) return undefined;
  return kept(history, missed);
}
