/** A text that a test of alert rules cannot mean. */
export class UnfitTest extends Error {}

/** Blocks that a test may have: a good six months. */
const BLOCKS_MAX = 100_000;

/** Reads `a bx3 c` as a, b, b, b, c. Pure. @throws UnfitTest */
export function repeated(text: string): readonly string[] {
  const words = text.trim().split(/\s+/).map(timesOf);
  const total = words.reduce((sum, { times }) => sum + times, 0);
  if (total > BLOCKS_MAX) throw new UnfitTest(`there are more than ${BLOCKS_MAX} blocks`);
  return words.flatMap(({ said, times }) => Array.from({ length: times }, () => said));
}

function timesOf(word: string): { readonly said: string; readonly times: number } {
  const [, said = word, count] = /^(.*?)x(\d{1,6})$/.exec(word) ?? [];
  return { said, times: Number(count ?? 1) };
}
