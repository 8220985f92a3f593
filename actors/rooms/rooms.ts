import type { ChannelProtocol, SlowPolicy } from "../../protocols/channel.ts";
import type { Reference } from "../../protocols/reference.ts";
import { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import { actorName } from "../../runtime/actor/actor-name.ts";
import type { Context } from "../../runtime/actor/context.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import { isRoom, kindOf, roomPolicies } from "./room-kind.ts";
import type { RoomKind, RoomPolicy } from "./room-kind.ts";
import type { FindStore } from "./room-store.ts";
import { Room } from "./room.ts";
import { sendAway } from "./send-away.ts";

/** How long a turn may go on without progress, in milliseconds: meanwhile nobody finds a room. */
const PROGRESS_WITHIN_MS = 10_000;

/** The share of the rooms that clients may open; the rest is kept for services, so that no crowd can shut them out. */
const CLIENTS_SHARE = 0.9;

/** Makes the fan-out of a room; slow clients find their drops under `address`. */
export type OpenChannel = (address: string, policy: SlowPolicy) => Reference<ChannelProtocol>;

/** What the rooms are started with. */
export interface RoomsArgs {
  readonly settings: NodeSettings["rooms"];
  readonly openChannel: OpenChannel;
  readonly findStore: FindStore;
}

interface OpenRoom {
  readonly reference: Reference<RoomProtocol>;
  readonly channel: Reference<ChannelProtocol>;
}

interface RoomsState extends Pick<RoomsArgs, "openChannel" | "findStore"> {
  readonly roomsMax: number;
  readonly policies: Readonly<Record<RoomKind, RoomPolicy>>;
  /** By id. */
  readonly rooms: Map<string, OpenRoom>;
}

/** Finds rooms, starts each on first use, and supervises them: a room that fails is restarted alone. */
export const Rooms = defineActor({
  protocol: RoomDirectoryProtocol,
  type: "rooms",
  essential: true,
  progressWithinMs: PROGRESS_WITHIN_MS,
  // A room that keeps failing is given up without harm to the others; whoever comes back to it opens it anew.
  supervision: { strategy: "oneForOne", whenExhausted: "stop" },
  initialState: noRooms,
  handOver: {
    version: 1,
    dump: ({ rooms }: RoomsState): readonly string[] => [...rooms.keys()],
    load(data, args: RoomsArgs, context): RoomsState {
      const state = noRooms(args);
      // A kind that is no more has no rooms to go on with.
      for (const room of (data as readonly string[]).filter(isRoom)) start(state, room, context);
      return state;
    },
  },
  handlers: {
    open(state, { room, isService = false }, context) {
      const open = state.rooms.get(room);
      if (open !== undefined) return context.reply({ kind: "opened", room: open.reference });
      const roomsMax = isService ? state.roomsMax : Math.ceil(state.roomsMax * CLIENTS_SHARE);
      if (state.rooms.size >= roomsMax) return context.reply(tooManyRooms(roomsMax));
      context.reply({ kind: "opened", room: start(state, room, context).reference });
    },
    find({ rooms }, { room }, context) {
      const open = rooms.get(room);
      context.reply(open === undefined ? { kind: "absent" } : { kind: "found", room: open.reference });
    },
    roomStopped({ rooms }, { room }, context) {
      const stopped = rooms.get(room);
      rooms.delete(room);
      // Nobody is attached to a room that closed because it was empty; of one that was given up, everybody is.
      if (stopped !== undefined) sendAway({ room, channel: stopped.channel }, context);
    },
  },
  describe: ({ rooms, roomsMax }) => ({ rooms: rooms.size, roomsMax }),
});

function noRooms({ settings, openChannel, findStore }: RoomsArgs): RoomsState {
  const policies = roomPolicies(settings);
  return { roomsMax: settings.rooms, policies, openChannel, findStore, rooms: new Map() };
}

function start(state: RoomsState, room: string, context: Context<RoomDirectoryProtocol>): OpenRoom {
  const policy = state.policies[kindOf(room)];
  const channel = state.openChannel(room, policy.slow);
  const args = { room, policy, channel, store: state.findStore(room) };
  const open = { channel, reference: context.spawn(Room, actorName(room), args) };
  state.rooms.set(room, open);
  context.watch(open.reference, { kind: "roomStopped", room });
  return open;
}

function tooManyRooms(roomsMax: number) {
  return { kind: "refused", code: "tooManyRooms", text: `at most ${roomsMax} rooms may be open` } as const;
}
