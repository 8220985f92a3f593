import type { Facts } from "../../protocols/client-frames.ts";
import type { EventOf } from "../../protocols/events.ts";
import { LiveRoomEvents, LiveRoomProtocol } from "../../protocols/live-room.ts";
import type { Tell } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import { rememberPost } from "./post-ids.ts";
import type { PostIds } from "./post-ids.ts";
import { refusalOfPost } from "./room-refusals.ts";

/** After how many records a snapshot is made: a load replays at most as many. */
const SNAPSHOT_EVERY_RECORDS = 1_000;

/** Posts that may wait for their turn: each may weigh 32 KiB, and a service does better to come again than to wait for long. */
export const WAITING_MAX = 2_000;

/** What is stored of a live room apart from the posts themselves. */
export interface LiveRoomState {
  /** Undefined as long as nothing was posted. */
  epoch: string | undefined;
  /** Of the latest post. */
  offset: number;
  /** Replaced, never changed: answers that are still to leave hold it. */
  facts: Facts;
  readonly ids: PostIds;
}

/** What all live rooms of a node have in common. */
export interface LiveRoomArgs {
  /** The rooms of all nodes that belong to an entity; undefined where there is but one node, whose room hears the answer. */
  readonly roomsOf: ((id: string) => Reference<RoomProtocol>) | undefined;
}

/** How the order of a room is stored as a whole. */
export const ROOM_SNAPSHOT = {
  version: 1,
  dump: ({ epoch, offset, facts, ids }: LiveRoomState): Stored => ({ epoch, offset, facts, ids: [...ids] }),
  load(data: unknown): LiveRoomState {
    const { epoch, offset, facts, ids } = data as Stored;
    return { epoch, offset, facts, ids: new Map(ids) };
  },
} as const;

/** The part of a live room that outlives everything: the order of what was posted, and what is known by it. Who is there is no part of it. */
export const LiveRoom = defineEntity({
  protocol: LiveRoomProtocol,
  type: "live-room",
  events: LiveRoomEvents,
  // What is said in a room goes through the room, which has people in it.
  forServices: ["stand"],
  initialState: (_id, _args: LiveRoomArgs): LiveRoomState => ({
    epoch: undefined,
    offset: 0,
    facts: {},
    ids: new Map(),
  }),
  decide: {
    post(state, { kind: _kind, epoch: wanted, ...said }, context) {
      const { epoch = wanted, ids } = state;
      const before = said.id === undefined ? undefined : ids.get(said.id);
      if (before !== undefined) return { reply: { kind: "repeated", epoch, offset: before } };
      const refused = refusalOfPost(said, state.facts);
      if (refused !== undefined) return { reply: refused };
      const [offset, atMs] = [state.offset + 1, context.wallMs()];
      const posted: EventOf<LiveRoomEvents, "posted"> = { kind: "posted", ...said, offset, atMs };
      return {
        // One record, so that each post has the version of its offset.
        events: state.epoch === undefined ? [{ kind: "begun", epoch }, posted] : [posted],
        reply: { kind: "stored", epoch, offset, atMs },
        after(_now, after) {
          const rooms = after.args.roomsOf?.(after.id);
          if (rooms !== undefined) after.tell(rooms, storedOf(posted, epoch));
        },
      };
    },
    stand: (state) => ({ reply: standing(state) }),
    wake: (_state) => ({}),
  },
  evolve: {
    begun: (state, { epoch }) => void (state.epoch = epoch),
    posted(state, { offset, facts, id }) {
      state.offset = offset;
      if (facts !== undefined) state.facts = { ...state.facts, ...facts };
      rememberPost(state.ids, id, offset);
    },
  },
  snapshot: { ...ROOM_SNAPSHOT, everyRecords: SNAPSHOT_EVERY_RECORDS, keepHistory: true },
  mailboxMax: WAITING_MAX,
  describe: ({ epoch, offset, facts, ids }) => ({
    epoch,
    offset,
    facts: Object.keys(facts).length,
    ids: ids.size,
  }),
});

/** What the rooms of all nodes are told. */
function storedOf(
  { kind: _kind, id: _id, ...publication }: EventOf<LiveRoomEvents, "posted">,
  epoch: string,
): Tell<RoomProtocol> {
  return { kind: "stored", epoch, ...publication };
}

function standing({ epoch, offset, facts }: LiveRoomState) {
  return { kind: "standing", ...(epoch === undefined ? {} : { epoch }), offset, facts } as const;
}

/** The data of a snapshot. */
interface Stored {
  readonly epoch: string | undefined;
  readonly offset: number;
  readonly facts: Facts;
  readonly ids: readonly (readonly [id: string, offset: number])[];
}
