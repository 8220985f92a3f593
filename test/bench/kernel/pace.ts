/** How long each measurement warms up and then measures, in milliseconds. */
const WARM_UP_MS = { quick: 120, full: 700 };
const MEASURED_MS = { quick: 200, full: 1_000 };

/**
 * Runs `batch` again and again, first unmeasured until the compiler has settled, then measured.
 * Answers how many of the batch's `items` were done in a second.
 */
export async function pace(items: number, quick: boolean, batch: () => Promise<void>): Promise<number> {
  const size = quick ? "quick" : "full";
  await repeat(batch, WARM_UP_MS[size]);
  const { batches, seconds } = await repeat(batch, MEASURED_MS[size]);
  return (batches * items) / seconds;
}

async function repeat(
  batch: () => Promise<void>,
  forMs: number,
): Promise<{ batches: number; seconds: number }> {
  const startedAtMs = performance.now();
  let batches = 0;
  let spentMs = 0;
  while (spentMs < forMs) {
    await batch();
    batches++;
    spentMs = performance.now() - startedAtMs;
  }
  return { batches, seconds: spentMs / 1_000 };
}
