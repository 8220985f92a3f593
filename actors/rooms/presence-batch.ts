import type { Member, ServerFrame } from "../../protocols/client-frames.ts";

/** How many names one announcement holds; the count says how many there are. */
export const NAMES_MAX = 50;

/** Who came and went since the last announcement. Owned by its room, changed in place. */
export interface PresenceBatch {
  readonly joined: Map<string, Member>;
  readonly left: Map<string, Member>;
  /** Whether more came or went than the names tell. */
  hasUnnamed: boolean;
}

/** Nothing to announce. */
export function newPresenceBatch(): PresenceBatch {
  return { joined: new Map(), left: new Map(), hasUnnamed: false };
}

/** Whether there is something to announce. */
export function isDue({ joined, left, hasUnnamed }: PresenceBatch): boolean {
  return joined.size + left.size > 0 || hasUnnamed;
}

/** Notes that somebody came; who was just about to be announced as gone was never away. */
export function noteJoined(batch: PresenceBatch, member: Member): void {
  const before = batch.left.get(member.id);
  batch.left.delete(member.id);
  if (before?.name !== member.name) note(batch, batch.joined, member);
}

/** Notes that somebody left; who was not announced yet was never there. */
export function noteLeft(batch: PresenceBatch, member: Member): void {
  if (!batch.joined.delete(member.id)) note(batch, batch.left, member);
}

/** Notes that somebody came or left whose name is not known. */
export function noteChanged(batch: PresenceBatch): void {
  batch.hasUnnamed = true;
}

/** What to tell a room of `count` members, and begins a new batch. */
export function takeAnnouncements(batch: PresenceBatch, room: string, count: number): ServerFrame[] {
  const frames: ServerFrame[] = [];
  const [left, joined] = [[...batch.left.values()], [...batch.joined.values()]];
  if (left.length > 0) frames.push({ kind: "left", room, members: left, count });
  if (joined.length > 0 || (batch.hasUnnamed && left.length === 0)) {
    frames.push({ kind: "joined", room, members: joined, count });
  }
  batch.joined.clear();
  batch.left.clear();
  batch.hasUnnamed = false;
  return frames;
}

function note(batch: PresenceBatch, names: Map<string, Member>, member: Member): void {
  if (names.size < NAMES_MAX) names.set(member.id, member);
  else batch.hasUnnamed = true;
}
