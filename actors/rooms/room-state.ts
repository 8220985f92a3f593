import type { ChannelProtocol } from "../../protocols/channel.ts";
import type { Facts, Member, ServerFrame } from "../../protocols/client-frames.ts";
import type { OutletProtocol } from "../../protocols/outlet.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { Position } from "../../protocols/room.ts";
import { kept, newHistory, since } from "./history.ts";
import type { History } from "./history.ts";
import { newPresenceBatch } from "./presence-batch.ts";
import type { PresenceBatch } from "./presence-batch.ts";
import type { RoomPolicy } from "./room-kind.ts";

/** How many members an answer names; the count says how many there are. */
const PRESENCE_NAMES_MAX = 200;

/** What a room is started with; the channel outlives a restart. */
export interface RoomArgs {
  readonly room: string;
  readonly policy: RoomPolicy;
  /** Reaches every member at once. */
  readonly channel: Reference<ChannelProtocol>;
}

/** Where a member is reached. */
export interface Place {
  readonly outlet: Reference<OutletProtocol>;
  readonly connection: AnyReference;
}

/** One member's part in a room. */
export interface Seat {
  readonly member: Member;
  /** Undefined while its connection is on the way from another process. */
  readonly place: Place | undefined;
}

/** What a room knows in one life. */
export interface RoomState extends RoomArgs {
  /** Names this life: what was said in another one is gone. */
  readonly epoch: string;
  /** By the member's id. */
  readonly seats: Map<string, Seat>;
  readonly history: History;
  readonly presence: PresenceBatch;
  facts: Facts;
  /** How many seats wait for their connections. */
  missing: number;
}

/** A room that nobody has entered yet. */
export function newRoomState(args: RoomArgs, epoch: string): RoomState {
  return {
    ...args,
    epoch,
    seats: new Map(),
    history: newHistory(),
    presence: newPresenceBatch(),
    facts: {},
    missing: 0,
  };
}

/**
 * What a member learns when it subscribes. Who has no position, or one that cannot be recovered, gets the latest
 * publications all the same, and reads from `recovered` that they do not continue what it had.
 */
export function subscribedFrame(state: RoomState, id: number, recover: Position | undefined): ServerFrame {
  const { room, epoch, seats, history, facts } = state;
  const missed = recover?.epoch === epoch ? since(history, recover.offset) : undefined;
  return {
    kind: "subscribed",
    id,
    room,
    epoch,
    offset: history.offset,
    members: seats.size,
    recovered: missed !== undefined,
    publications: missed ?? kept(history),
    facts,
  };
}

/** Some of those who are present, in the order in which they came. */
export function namedMembers(seats: RoomState["seats"]): Member[] {
  const members: Member[] = [];
  for (const { member } of seats.values()) {
    if (members.length === PRESENCE_NAMES_MAX) break;
    members.push(member);
  }
  return members;
}
