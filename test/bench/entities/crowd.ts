/** Runs `step` for each number from 0 on, so many at a time; answers how long each took, in milliseconds. */
export async function eachOf(
  count: number,
  inFlight: number,
  step: (index: number) => Promise<unknown>,
): Promise<number[]> {
  const took: number[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const sinceMs = performance.now();
      await step(index);
      took[index] = performance.now() - sinceMs;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return took;
}
