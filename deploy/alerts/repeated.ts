/** A text that a test of alert rules cannot mean. */
export class UnfitTest extends Error {}

/** Blocks that a test may have: a good six months. */
const BLOCKS_MAX = 100_000;

/** Reads `a bx3 c` as a, b, b, b, c. Pure. @throws UnfitTest */
export function repeated(text: string): readonly string[] {
  const words = text.trim().split(/\s+/).flatMap(times);
  if (words.length > BLOCKS_MAX) throw new UnfitTest(`there are more than ${BLOCKS_MAX} blocks`);
  return words;
}

function times(word: string): readonly string[] {
  const [, said = word, count] = /^(.*?)x(\d{1,6})$/.exec(word) ?? [];
  return count === undefined ? [word] : new Array<string>(Number(count)).fill(said);
}
