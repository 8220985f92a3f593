/** Pings in a row that a client may leave without any sign of life. */
export const SILENT_PINGS_MAX = 2;
/** The moments of a period at which a first ping may fall: timers of one moment cost as much as one. */
const MOMENTS = 32;

/** When a new connection is pinged first: a random moment of the period, so that those who came together are not pinged together. */
export function firstPingMs(everyMs: number, random: number): number {
  return (Math.floor(random * MOMENTS + 1) / MOMENTS) * everyMs;
}
