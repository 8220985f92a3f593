/** Frames in a row that a client may get wrong before it is clear that it speaks something else. */
const MALFORMED_MAX = 10;
/** After this time without one, earlier floods are forgiven, in milliseconds. */
const FORGIVEN_AFTER_MS = 10_000;

/** What a client has done against the rules of late. Pure data. */
export interface Offences {
  /** Malformed frames since the last good one. */
  readonly malformed: number;
  /** Frames beyond the rate, of late. */
  readonly tooFast: number;
  readonly lastTooFastMs: number;
}

/** A client without blame. */
export const NO_OFFENCES: Offences = { malformed: 0, tooFast: 0, lastTooFastMs: 0 };

/** After one more malformed frame. */
export function afterMalformed(offences: Offences): Offences {
  return { ...offences, malformed: offences.malformed + 1 };
}

/** After one more frame beyond the rate. */
export function afterTooFast(offences: Offences, nowMs: number): Offences {
  const earlier = nowMs - offences.lastTooFastMs > FORGIVEN_AFTER_MS ? 0 : offences.tooFast;
  return { ...offences, tooFast: earlier + 1, lastTooFastMs: nowMs };
}

/** Whether the client only sends what nobody understands. */
export function isMalformedTooOften(offences: Offences): boolean {
  return offences.malformed >= MALFORMED_MAX;
}

/** Whether the client goes on sending too fast although it was told: a second burst on top of the one it may send is the limit. */
export function isTooFastForLong(offences: Offences, burst: number): boolean {
  return offences.tooFast > burst;
}
