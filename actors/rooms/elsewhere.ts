import type { Member } from "../../protocols/client-frames.ts";
import type { AnyReference } from "../../protocols/reference.ts";

// Pure: who is in the same room on other nodes, from what those rooms say. Each says it as a whole, so what gets lost is made up for by the next word.

/** Nodes that are heard of; one more is not counted. */
export const ELSEWHERE_MAX = 256;
/** A room that has not said for so long who is there is no more, in milliseconds. */
export const ELSEWHERE_SILENT_MS = 60_000;

/** Who is in the room on another node. */
interface Attendance {
  readonly at: AnyReference;
  readonly count: number;
  readonly members: ReadonlyMap<string, Member>;
  readonly party: string | undefined;
  readonly moves: number;
  readonly heardAtMs: number;
}

/** Who is in the room on the other nodes, by the address of each. Owned by its room, changed in place. */
export type Elsewhere = Map<string, Attendance>;

/** Who came and who went by a word from elsewhere. */
export interface Changed {
  readonly came: readonly Member[];
  readonly left: readonly Member[];
  /** How many more there are than before. */
  readonly by: number;
}

/** What a room on another node has said. */
export interface AttendanceWord {
  readonly at: AnyReference;
  readonly count: number;
  readonly members: readonly Member[];
  /** Stays with them when they move to another process. */
  readonly party?: string | undefined;
  /** How often they have moved. */
  readonly moves?: number | undefined;
}

/** How many are in the room on other nodes. */
export function countElsewhere(elsewhere: Elsewhere): number {
  let count = 0;
  for (const attendance of elsewhere.values()) count += attendance.count;
  return count;
}

/** Those of them who are known by name. */
export function* namedElsewhere(elsewhere: Elsewhere): Generator<Member> {
  for (const { members } of elsewhere.values()) yield* members.values();
}

/** Where those were, as far as it was heard, who have moved to this address; undefined when they are there already, or new. */
export function movedFrom(
  elsewhere: Elsewhere,
  { at, party }: Pick<AttendanceWord, "at" | "party">,
): AnyReference | undefined {
  if (party === undefined || elsewhere.has(at.address)) return undefined;
  for (const attendance of elsewhere.values()) if (attendance.party === party) return attendance.at;
  return undefined;
}

/** Whether this was said in a place that they have left since: who is there now has said so already. A room of an earlier version does not say how often it has moved, and is never late. */
export function isLate(
  elsewhere: Elsewhere,
  { party, moves }: Pick<AttendanceWord, "party" | "moves">,
): boolean {
  if (party === undefined || moves === undefined) return false;
  for (const known of elsewhere.values()) if (known.party === party && known.moves > moves) return true;
  return false;
}

/** Takes note of who is there on another node; nobody is the same as no room. */
export function hearOf(elsewhere: Elsewhere, word: AttendanceWord, nowMs: number): Changed {
  const { at, count, members, party, moves = 0 } = word;
  const beforeAt = (movedFrom(elsewhere, word) ?? at).address;
  const before = elsewhere.get(beforeAt);
  if (count === 0) return forgetElsewhere(elsewhere, beforeAt);
  if (before === undefined && elsewhere.size >= ELSEWHERE_MAX) return { came: [], left: [], by: 0 };
  const named = new Map(members.map((member) => [member.id, member]));
  elsewhere.delete(beforeAt);
  const known = new Set(Array.from(namedElsewhere(elsewhere), ({ id }) => id));
  elsewhere.set(at.address, { at, count, members: named, party, moves, heardAtMs: nowMs });
  const isNews = ({ id }: Member): boolean => !known.has(id);
  return {
    came: members.filter((member) => isNews(member) && before?.members.get(member.id)?.name !== member.name),
    left: [...(before?.members.values() ?? [])].filter((member) => isNews(member) && !named.has(member.id)),
    by: count - (before?.count ?? 0),
  };
}

/** The room on another node is no more, and so is everybody who was in it there. */
export function forgetElsewhere(elsewhere: Elsewhere, address: string): Changed {
  const before = elsewhere.get(address);
  elsewhere.delete(address);
  const known = new Set(Array.from(namedElsewhere(elsewhere), ({ id }) => id));
  const left = [...(before?.members.values() ?? [])].filter(({ id }) => !known.has(id));
  return { came: [], left, by: -(before?.count ?? 0) };
}

/** The addresses of those who have not said for too long who is there. */
export function silentElsewhere(elsewhere: Elsewhere, nowMs: number): string[] {
  return Array.from(elsewhere).flatMap(([address, { heardAtMs }]) =>
    nowMs - heardAtMs > ELSEWHERE_SILENT_MS ? [address] : [],
  );
}
