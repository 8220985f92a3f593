/** The smallest stretch of time that is counted, in milliseconds. */
export const CELL_MS = 30_000;
/** A block: exactly six cells, in milliseconds. */
export const BLOCK_MS = 180_000;
/** Five blocks. Offsets of time zones are whole numbers of it, as they are not of an hour. */
export const QUARTER_MS = 900_000;
export const CELLS_PER_BLOCK = BLOCK_MS / CELL_MS;

/** The number of the cell of a time: UTC, so it is the same everywhere and never comes again. */
export function cellOf(timeMs: number): number {
  return Math.floor(timeMs / CELL_MS);
}

/** The number of the block of a time. */
export function blockOf(timeMs: number): number {
  return Math.floor(timeMs / BLOCK_MS);
}

/** How wide one point of an answer is: so many milliseconds, or a local day. */
export type Step = number | "day";

/** A step as it is asked for, or why there is no such one. Pure. */
export function parseStep(text: string): { readonly step: Step } | { readonly problem: string } {
  if (text === "1d") return { step: "day" };
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if ([CELL_MS, BLOCK_MS, QUARTER_MS].includes(seconds * 1_000)) return { step: seconds * 1_000 };
  if (seconds > 0 && seconds * 1_000 < CELL_MS) {
    return { problem: `${text} s is below the cell of 30 s: nothing is counted in smaller steps` };
  }
  return { problem: `"${text.slice(0, 40)}" is no step; known: 30, 180, 900 (seconds) and 1d` };
}
