import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

const LIMIT_MS = 15_000;
const LOOK_EVERY_MS = 50;

/** Waits until `look` sees what is expected. @throws AssertionError with what it saw last, after 15 s unless told otherwise */
export async function eventually<T>(
  look: () => T | Promise<T>,
  expected: T,
  message?: string,
  limitMs = LIMIT_MS,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    try {
      return assert.deepEqual(seen, expected, message);
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
    await sleep(LOOK_EVERY_MS);
  }
}
