import type { Stats } from "./stats.ts";

// Pure: the latest cells, kept up to date by revisions that hold only what has changed.

/** A cell of 30 s. */
export interface Cell {
  readonly atMs: number;
  readonly count: number;
  /** A record may still come that is not late. */
  readonly isOpen: boolean;
}

/** What the stream has told so far. */
export interface Pulse {
  /** By where it begins. */
  readonly counts: ReadonlyMap<number, number>;
  /** What the latest revision says of everything. */
  readonly latest: Stats;
}

const CELL_MS = 30_000;

/** The pulse after a revision; the first one of a stream is the whole answer. */
export function revised(before: Pulse | undefined, revision: Stats): Pulse {
  const counts = new Map(before?.counts);
  for (const atMs of counts.keys()) if (atMs < revision.from) counts.delete(atMs);
  for (const [point, atMs] of revision.times.entries()) {
    const count = revision.series.reduce((sum, series) => sum + (series.count[point] ?? 0), 0);
    counts.set(atMs, count);
  }
  return { counts, latest: revision };
}

/** What goes on now: the last cell that is final, and those after it, which may still grow. */
export interface Now {
  readonly final: Cell | undefined;
  readonly perSecond: number | undefined;
  /** The oldest first. */
  readonly open: readonly Cell[];
}

/** Reads the latest cells. */
export function nowOf({ counts, latest }: Pulse): Now {
  const provisional = latest.provisionalFrom ?? latest.to;
  const cells = [...counts]
    .toSorted(([a], [b]) => a - b)
    .map(([atMs, count]) => ({ atMs, count, isOpen: atMs >= provisional }));
  const final = cells.findLast(({ isOpen }) => !isOpen);
  return {
    final,
    perSecond: final === undefined ? undefined : final.count / (CELL_MS / 1_000),
    open: cells.filter(({ isOpen }) => isOpen),
  };
}

/** Where a cell ends. */
export function endOf({ atMs }: Cell): number {
  return atMs + CELL_MS;
}
