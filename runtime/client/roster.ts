import type { Member } from "../../protocols/client-frames.ts";

// Pure: who is present in a room, kept up to date from what the room tells.

/** Who is present: `count` is all of them, `members` those that are known by name. */
export interface Roster {
  readonly count: number;
  readonly members: readonly Member[];
}

/** How many members are kept by name; a larger room is a number. */
export const ROSTER_MAX = 200;

/** Nobody is known yet. */
export const EMPTY_ROSTER: Roster = { count: 0, members: [] };

/** The roster after some came. */
export function afterJoined(roster: Roster, members: readonly Member[], count: number): Roster {
  const byId = new Map([...roster.members, ...members].map((member) => [member.id, member]));
  return { count, members: [...byId.values()].slice(0, ROSTER_MAX) };
}

/** The roster after some went. */
export function afterLeft(roster: Roster, members: readonly Member[], count: number): Roster {
  const gone = new Set(members.map((member) => member.id));
  return { count, members: roster.members.filter((member) => !gone.has(member.id)) };
}
