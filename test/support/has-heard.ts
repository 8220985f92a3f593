import assert from "node:assert/strict";
import { setTimeout as pass } from "node:timers/promises";
import type { FrameClient } from "./frame-client.ts";

/** How long nothing may come to a client that waits, in milliseconds. */
const SILENCE_MS = 30_000;
const LOOK_EVERY_MS = 50;

/** The publications that a client has heard, by their offsets. */
export function offsetsOf({ inbox }: FrameClient): number[] {
  return inbox.flatMap((frame) => (frame.kind === "publication" ? [frame.offset] : []));
}

/**
 * Waits until a client has heard the first `count` publications of its room. @throws AssertionError when one is missing,
 * is another one, or comes twice; when the connection ends; and when nothing comes any more
 */
export async function hasHeard(client: FrameClient, count: number): Promise<void> {
  let known = 0;
  let sinceMs = performance.now();
  while (client.inbox.filter(({ kind }) => kind === "publication").length < count) {
    assert.equal(client.end, undefined, `${client.name} was cut off`);
    const bad = client.inbox.find(({ kind }) => kind === "refused" || kind === "skipped");
    assert.equal(bad, undefined, `${client.name} was told of a loss`);
    if (client.inbox.length > known) sinceMs = performance.now();
    known = client.inbox.length;
    if (performance.now() - sinceMs > SILENCE_MS) break;
    await pass(LOOK_EVERY_MS);
  }
  const expected = Array.from({ length: count }, (_, index) => index + 1);
  assert.deepEqual(offsetsOf(client), expected, `${client.name} has not heard everything in order`);
}
