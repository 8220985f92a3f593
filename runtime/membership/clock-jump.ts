/** The two clocks of a process, read together. */
export interface ClockReading {
  readonly nowMs: number;
  readonly wallMs: number;
}

/** By less than this the two clocks drift apart between two looks without anything being wrong. */
const JUMP_MIN_MS = 1_000;

/**
 * By how much the wall clock ran ahead of the monotonic one between two looks, in milliseconds; 0 when by nothing to speak of.
 * Pure. Either somebody set the clock, or the machine was suspended and the monotonic clock stood still: a lease that looks
 * valid may have lapsed long ago. From inside the two cannot be told apart, so this is a reason to ask, not to stop.
 */
export function clockJumpMs(before: ClockReading, after: ClockReading): number {
  const jumpMs = after.wallMs - before.wallMs - (after.nowMs - before.nowMs);
  return jumpMs >= JUMP_MIN_MS ? jumpMs : 0;
}
