/** How many letters a typo may be off, as a share of the word. */
const TYPO_SHARE_MAX = 0.4;

/** The word that was most likely meant, or undefined when none is near. Pure. */
export function suggest(typed: string, words: Iterable<string>): string | undefined {
  const wanted = plain(typed);
  let best: string | undefined;
  let bestDistance = Math.floor(Math.max(3, wanted.length) * TYPO_SHARE_MAX) + 1;
  for (const word of words) {
    const distance = editDistance(wanted, plain(word));
    if (distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  return best;
}

/** Case, hyphens and underscores are no difference worth a typo: `frame-bytes` is `frameBytes`. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, "");
}

/**
 * How many letters to add, drop, replace or swap with their neighbour to turn `from` into `to`. Pure.
 * The optimal string alignment distance: Damerau, "A technique for computer detection and correction of spelling errors", 1964.
 */
export function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      current.push(cheapest({ from, to, row, column, current, previous, beforePrevious }));
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[to.length] ?? 0;
}

interface Step {
  readonly from: string;
  readonly to: string;
  readonly row: number;
  readonly column: number;
  readonly current: readonly number[];
  readonly previous: readonly number[];
  readonly beforePrevious: readonly number[];
}

function cheapest({ from, to, row, column, current, previous, beforePrevious }: Step): number {
  const at = (costs: readonly number[], index: number): number => costs[index] ?? Number.POSITIVE_INFINITY;
  const differs = from[row - 1] === to[column - 1] ? 0 : 1;
  const swapped = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
  return Math.min(
    at(previous, column) + 1,
    at(current, column - 1) + 1,
    at(previous, column - 1) + differs,
    swapped ? at(beforePrevious, column - 2) + 1 : Number.POSITIVE_INFINITY,
  );
}
