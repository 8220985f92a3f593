import type { Facts, Member, Publication } from "../../protocols/client-frames.ts";
import type { History } from "./history.ts";
import type { PresenceBatch } from "./presence-batch.ts";
import { newRoomState } from "./room-state.ts";
import type { RoomArgs, RoomState } from "./room-state.ts";

/** What a room takes along into another process: plain data. Its channel is made anew there. */
export interface RoomHeirloom {
  readonly epoch: string;
  readonly offset: number;
  readonly kept: readonly { readonly publication: Publication; readonly bytes: number }[];
  readonly facts: Facts;
  /** The ids of posts, with their offsets; what a room of an earlier version leaves has none. */
  readonly ids?: readonly (readonly [id: string, offset: number])[];
  /** By which other nodes know its members again; what a room of an earlier version leaves has none. */
  readonly party?: string;
  /** How often they have moved, this time included; what a room of an earlier version leaves has none. */
  readonly moves?: number;
  readonly members: readonly Member[];
  readonly presence: {
    readonly joined: readonly Member[];
    readonly left: readonly Member[];
    readonly hasUnnamed: boolean;
  };
}

/** What time it is, on both clocks. */
export interface Now {
  readonly nowMs: number;
  readonly wallMs: number;
}

/** Has the members of a room move: what the heir says is later than what was said here, and if they stay here after all, that is later still. Answers how often the heir's have moved. */
export function beginMove({ attending }: RoomState): number {
  const moves = attending.moves + 1;
  attending.moves = moves + 1;
  return moves;
}

/** All that a room knows, as plain data, for members who have moved so often then. Pure. */
export function roomHeirloom(state: RoomState, moves: number): RoomHeirloom {
  const { epoch, party, history, facts, ids, seats, presence } = state;
  return {
    epoch,
    party,
    moves,
    offset: history.offset,
    kept: history.entries.map(({ publication, bytes }) => ({ publication, bytes })),
    facts,
    ids: [...ids],
    members: Array.from(seats.values(), ({ member }) => member),
    presence: {
      joined: [...presence.joined.values()],
      left: [...presence.left.values()],
      hasUnnamed: presence.hasUnnamed,
    },
  };
}

/** The same room in another process: every seat is taken, and waits for its connection. `newParty` is for one of an earlier version, which had none. Pure. */
export function inheritedRoom(
  heirloom: RoomHeirloom,
  args: RoomArgs,
  { newParty, ...now }: Now & { readonly newParty: string },
): RoomState {
  const { epoch, party = newParty, moves = 0, offset, kept, facts, ids = [], members, presence } = heirloom;
  const state = newRoomState(args, { epoch, party });
  state.attending.moves = moves;
  fillHistory(state.history, kept, now);
  state.history.offset = offset;
  state.following.stored = offset;
  for (const [id, at] of ids) state.ids.set(id, at);
  for (const member of members) state.seats.set(member.id, { member, contact: undefined });
  noteAll(state.presence, presence);
  return { ...state, facts, missing: members.length };
}

/** What another life has said, at the age that it has now. Pure but for the history. */
export function fillHistory(history: History, kept: RoomHeirloom["kept"], now: Now): void {
  for (const { publication, bytes } of kept) {
    // Each process has a steady clock of its own, so an age goes by the clock on the wall, which may have been set.
    const ageMs = Math.max(0, now.wallMs - publication.atMs);
    history.entries.push({ publication, bytes, atMs: now.nowMs - ageMs });
    history.bytes += bytes;
  }
}

function noteAll(batch: PresenceBatch, { joined, left, hasUnnamed }: RoomHeirloom["presence"]): void {
  for (const member of joined) batch.joined.set(member.id, member);
  for (const member of left) batch.left.set(member.id, member);
  batch.hasUnnamed = hasUnnamed;
}
