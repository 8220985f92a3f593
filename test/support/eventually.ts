import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

/** Far longer than it takes: a machine that is busy with other things is no failure. */
const LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 50;

/** Waits until `look` sees what is expected. @throws AssertionError with what it saw last, after 30 s unless told otherwise */
export async function eventually<T>(
  look: () => T | Promise<T>,
  expected: T,
  message?: string,
  limitMs = LIMIT_MS,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    // Compared without an assertion: to draw the difference of long lists takes far longer than to look again.
    if (isDeepStrictEqual(seen, expected)) return;
    if (performance.now() > endMs) return assert.deepEqual(seen, expected, message);
    await sleep(LOOK_EVERY_MS);
  }
}
