import { setTimeout as sleep } from "node:timers/promises";

/** What is due is begun this often. */
const TICK_MS = 1;

/**
 * Begins `step` at a steady rate, whether or not those before have ended; answers how long each took, in milliseconds. It counts from when a step was due: who waits
 * for a busy process waits, too.
 */
export async function atRate(
  { count, perSecond }: { readonly count: number; readonly perSecond: number },
  step: (index: number) => Promise<unknown>,
): Promise<number[]> {
  const took: Promise<number>[] = [];
  const beganMs = performance.now();
  while (took.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - beganMs) * perSecond) / 1_000));
    while (took.length < due) {
      took.push(timed(beganMs + (took.length * 1_000) / perSecond, step(took.length)));
    }
    await sleep(TICK_MS);
  }
  return Promise.all(took);
}

async function timed(sinceMs: number, done: Promise<unknown>): Promise<number> {
  await done;
  return performance.now() - sinceMs;
}

/** What all but one of a hundred are not above. */
export function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;
}
