import type { LeaseTimes } from "./lease.ts";

/** A removal waits while a hold is on, because what looks like many deaths is rather one failure of Redis or of the network. */
export interface Hold {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Leases that lapsed until then have waited for the end of an earlier hold: nothing delays them any more. */
  readonly servedMs: number;
}

/** The leases as the table has them, at one moment of the table's clock. */
export interface LeaseFacts {
  readonly nowMs: number;
  /** When the lease of each member lapses or has lapsed. */
  readonly expiryMs: ReadonlyMap<string, number>;
  /** When the leases lapsed of those who were removed for it lately. */
  readonly removedExpiryMs: readonly number[];
  readonly hold: Hold | undefined;
}

/** Who is to be removed now, and whether a hold begins. */
export interface Removal {
  readonly incarnations: readonly string[];
  readonly hold: Hold | undefined;
}

/** So many leases that lapse nearly together are a reason to wait, and fewer are not. */
export const MASS_MIN = 3;
/** More than one in so many. */
export const MASS_SHARE = 3;
/** "Together" means within this time. */
export const MASS_WINDOW_MS = 2_000;

const NEVER_MS = 0;

/**
 * Who may be removed. When at least 3 leases, and more than a third of all, lapsed within 2 s, nobody is for the time of one lease;
 * who has waited for that is removed then, however many they are. Pure; the script of the Redis table says the same in Lua.
 */
export function decideRemoval(facts: LeaseFacts, times: LeaseTimes): Removal {
  const { nowMs, hold } = facts;
  const due = [...facts.expiryMs].filter(([, expiryMs]) => expiryMs <= nowMs - times.removeAfterMs);
  if (due.length === 0) return { incarnations: [], hold };
  const servedMs = served(hold, nowMs);
  const next = isMass(facts, servedMs) ? beginHold(hold, nowMs, times.ttlMs) : hold;
  const isHeld = next !== undefined && next.untilMs > nowMs;
  const removable = due.filter(([, expiryMs]) => !isHeld || expiryMs <= servedMs);
  return { incarnations: removable.map(([incarnation]) => incarnation), hold: next };
}

/** A hold from now on for the time of one lease; one that is on stays as it is, or a stream of trouble would hold for ever. */
export function beginHold(hold: Hold | undefined, nowMs: number, ttlMs: number): Hold {
  if (hold !== undefined && hold.untilMs > nowMs) return hold;
  return { fromMs: nowMs, untilMs: nowMs + ttlMs, servedMs: served(hold, nowMs) };
}

function served(hold: Hold | undefined, nowMs: number): number {
  if (hold === undefined) return NEVER_MS;
  return hold.untilMs > nowMs ? hold.servedMs : hold.fromMs;
}

function isMass({ nowMs, expiryMs, removedExpiryMs }: LeaseFacts, servedMs: number): boolean {
  const lapses = [...expiryMs.values(), ...removedExpiryMs]
    .filter((atMs) => atMs <= nowMs && atMs > servedMs)
    .toSorted((a, b) => a - b);
  const leases = expiryMs.size + removedExpiryMs.length;
  const enough = Math.max(MASS_MIN, Math.floor(leases / MASS_SHARE) + 1);
  return lapses.some((atMs, index) => atMs - (lapses[index - enough + 1] ?? -Infinity) <= MASS_WINDOW_MS);
}
