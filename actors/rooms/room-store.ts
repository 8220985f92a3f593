import type { Publication } from "../../protocols/client-frames.ts";
import type { EventOf } from "../../protocols/events.ts";
import type { LiveRoomEvents, LiveRoomProtocol } from "../../protocols/live-room.ts";
import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import type { Topic } from "../../runtime/cluster/cluster-topics.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { readHistory } from "../../runtime/sharding/read-history.ts";

/** Where a room that is stored has its order. */
export interface RoomStore {
  /** The owner of the order. */
  readonly entity: Reference<LiveRoomProtocol>;
  /** The same room on all nodes, where others may post as well; undefined where there is but one node. */
  readonly everywhere: Topic<RoomProtocol> | undefined;
  /** How old what is stored may be that is shown, in milliseconds; however old unless given. */
  readonly shownMs?: number | undefined;
  /** Whether anything is stored. Asking wakes nobody. */
  readonly isKnown: () => Promise<boolean>;
  /** Reads publications from an offset on, in order, as many as are wanted and there. */
  readonly read: (fromOffset: number, limit: number) => Promise<readonly Publication[]>;
}

/** Finds the store of a room; undefined for a room that is the one owner of its order itself. */
export type FindStore = (room: string) => RoomStore | undefined;

/** The entities of all rooms of a kind, and the way to the rooms of other nodes. */
export interface StoredRooms {
  readonly type: Pick<EntityType<LiveRoomProtocol>, "entity" | "kind">;
  readonly topicOf?: ((room: string) => Topic<RoomProtocol>) | undefined;
  readonly shownMs?: number;
}

/** The store of a room: it is there whether the room is open or not. */
export function roomStore({ type, topicOf, shownMs }: StoredRooms, room: string): RoomStore {
  const id = room.slice(room.indexOf("/") + 1);
  return {
    entity: type.entity(id),
    everywhere: topicOf?.(room),
    shownMs,
    async isKnown() {
      return (await readHistory(type.kind, id, { fromVersion: 1, limit: 1 })).length > 0;
    },
    async read(fromOffset, limit) {
      const publications: Publication[] = [];
      const end = fromOffset + limit;
      // Each post is one record: its offset is its version. Where records are large, a journal answers with fewer.
      for (let from = fromOffset; from < end;) {
        const steps = await readHistory(type.kind, id, { fromVersion: from, limit: end - from });
        // Where the beginning of a history is gone, it answers with what comes later.
        const wanted = steps.filter(({ version }) => version < end);
        const posted = wanted.flatMap(({ events }) => events.filter(isPosted));
        publications.push(...posted.map((event) => publicationOf(room, event)));
        from = (wanted.at(-1)?.version ?? end) + 1;
      }
      return publications;
    },
  };
}

type Posted = EventOf<LiveRoomEvents, "posted">;

function isPosted(event: TaggedMessage): event is Posted {
  return event.kind === "posted";
}

function publicationOf(room: string, { offset, from, data, facts, atMs }: Posted): Publication {
  return { room, offset, from, data, ...(facts && { facts }), atMs };
}
