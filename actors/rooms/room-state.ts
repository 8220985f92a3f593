import type { ChannelProtocol } from "../../protocols/channel.ts";
import type { Facts, Member, Publication, ServerFrame } from "../../protocols/client-frames.ts";
import type { OutletProtocol } from "../../protocols/outlet.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { Position, RoomProtocol } from "../../protocols/room.ts";
import type { ReplyTo } from "../../runtime/actor/context.ts";
import { countElsewhere, namedElsewhere } from "./elsewhere.ts";
import type { Elsewhere } from "./elsewhere.ts";
import { kept, newHistory, since } from "./history.ts";
import type { History } from "./history.ts";
import type { PostIds } from "./post-ids.ts";
import { newPresenceBatch } from "./presence-batch.ts";
import type { PresenceBatch } from "./presence-batch.ts";
import type { RoomPolicy } from "./room-kind.ts";
import type { RoomStore } from "./room-store.ts";

/** How many members an answer names; the count says how many there are. */
const PRESENCE_NAMES_MAX = 200;

/** What a room is started with; the channel outlives a restart. */
export interface RoomArgs {
  readonly room: string;
  readonly policy: RoomPolicy;
  /** Reaches every member at once. */
  readonly channel: Reference<ChannelProtocol>;
  /** Where its order is stored; undefined when the room itself is its only owner. */
  readonly store?: RoomStore | undefined;
}

/** Something that is on its way to the store. */
export interface Storing {
  readonly said: Utterance;
  readonly id: string | undefined;
  readonly answer: ReplyTo<RoomProtocol, "post" | "publish">;
  readonly saidAtMs: number;
  isUnderWay: boolean;
}

/** What somebody says, before it has its place in the order. */
export type Utterance = Pick<Publication, "from" | "data" | "facts">;

/** How far a room has followed its store. */
export interface Following {
  /** The latest offset that is known to be stored. */
  stored: number;
  /** What is under way to the store, or is sent again in a moment, by its number. */
  readonly storing: Map<number, Storing>;
  /** Numbers those. */
  count: number;
  /** Whether something has failed, and nothing is sent before that. */
  isPaused: boolean;
  /** Whether it is reading what it has missed. */
  isReading: boolean;
  /** Whether it asks how far the store is, or is about to. */
  isLookDue: boolean;
  /** Whether it is about to ask only because nothing was heard for a while. */
  isRoutine: boolean;
  /** How often it has asked in vain since something was new. */
  vain: number;
  /** Where others post too: whether it has all that was stored when it asked. */
  isCurrent: boolean;
}

/** Somebody who has a seat and is not yet told what was said: first the room catches up with the others. */
export interface Arrival {
  readonly member: string;
  readonly outlet: Reference<OutletProtocol>;
  readonly frameId: number;
  readonly recover: Position | undefined;
  readonly answer: ReplyTo<RoomProtocol, "join">;
}

/** What a room has to do with the same room on other nodes. */
export interface Attending {
  /** `calling` until it hears its own call of the roll, `listening` for the answers; `away` as long as nobody is here. */
  phase: "away" | "calling" | "listening" | "attending";
  /** How often the roll was called without being heard. */
  calls: number;
  /** Whether somebody has come or gone here since the others were told. */
  isChanged: boolean;
  /** Who waits to be let in. */
  readonly arrivals: Arrival[];
  /** How often its members have moved to another process: what is said with fewer moves is late. */
  moves: number;
}

/** Where a member is reached. */
export interface Contact {
  readonly outlet: Reference<OutletProtocol>;
  readonly connection: AnyReference;
}

/** One member's part in a room. */
export interface Seat {
  readonly member: Member;
  /** Undefined while its connection is on the way from another process. */
  readonly contact: Contact | undefined;
}

/** What a room knows in one life. */
export interface RoomState extends RoomArgs {
  /** Names this life: what was said in another one is gone. Where there is a store, the first post gives it the name for good. */
  epoch: string;
  /** Names its seats, also when they move to another process: other nodes know by it that nobody came or went. */
  readonly party: string;
  /** By the member's id. */
  readonly seats: Map<string, Seat>;
  /** Who is in the room on other nodes. */
  readonly elsewhere: Elsewhere;
  readonly attending: Attending;
  readonly history: History;
  readonly presence: PresenceBatch;
  facts: Facts;
  /** The posts that the room itself has taken lately; where there is a store, that knows them. */
  readonly ids: PostIds;
  readonly following: Following;
  /** How many seats wait for their connections. */
  missing: number;
}

/** A room that nobody has entered yet. */
export function newRoomState(
  args: RoomArgs,
  { epoch, party }: Pick<RoomState, "epoch" | "party">,
): RoomState {
  return {
    ...args,
    epoch,
    party,
    seats: new Map(),
    elsewhere: new Map(),
    attending: { phase: "away", calls: 0, isChanged: false, arrivals: [], moves: 0 },
    history: newHistory(),
    presence: newPresenceBatch(),
    facts: {},
    ids: new Map(),
    following: {
      stored: 0,
      storing: new Map(),
      count: 0,
      isPaused: false,
      isReading: false,
      isLookDue: false,
      isRoutine: false,
      vain: 0,
      isCurrent: false,
    },
    missing: 0,
  };
}

/**
 * What a member learns when it subscribes. Who has no position, or one that cannot be recovered, gets the latest
 * publications all the same, and reads from `recovered` that they do not continue what it had.
 */
export function subscribedFrame(state: RoomState, id: number, recover: Position | undefined): ServerFrame {
  const { room, epoch, history, facts, policy } = state;
  const missed =
    recover !== undefined && continues(state, recover) ? since(history, recover.offset) : undefined;
  return {
    kind: "subscribed",
    id,
    room,
    epoch,
    offset: history.offset,
    members: memberCount(state),
    recovered: missed !== undefined,
    publications: missed ?? kept(history, policy.shownMax),
    facts,
  };
}

/** Whether what a client has goes on in this epoch. Where it is stored, an epoch of which nothing is left is one in which nothing was said. */
function continues({ epoch, store }: RoomState, recover: Position): boolean {
  return recover.epoch === epoch || (store !== undefined && recover.offset === 0);
}

/** Who is present, on all nodes. */
export function memberCount({ seats, elsewhere }: Pick<RoomState, "seats" | "elsewhere">): number {
  return seats.size + countElsewhere(elsewhere);
}

/** Some of those who are present, in the order in which they came; those of other nodes last. */
export function namedMembers({ seats, elsewhere }: Pick<RoomState, "seats" | "elsewhere">): Member[] {
  const members = namedHere(seats);
  for (const member of namedElsewhere(elsewhere)) {
    if (members.length >= PRESENCE_NAMES_MAX) break;
    if (!seats.has(member.id)) members.push(member);
  }
  return members;
}

/** Some of those who are present on this node. */
export function namedHere(seats: RoomState["seats"]): Member[] {
  const members: Member[] = [];
  for (const { member } of seats.values()) {
    if (members.length === PRESENCE_NAMES_MAX) break;
    members.push(member);
  }
  return members;
}
