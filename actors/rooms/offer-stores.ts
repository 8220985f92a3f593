import type { LiveRoomProtocol } from "../../protocols/live-room.ts";
import type { Reference } from "../../protocols/reference.ts";
import { RoomProtocol } from "../../protocols/room.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { ClusterTopics, Topic } from "../../runtime/cluster/cluster-topics.ts";
import type { FeatureHost } from "../../runtime/feature.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { chatRoom } from "./chat-room.ts";
import { LiveRoom } from "./live-room.ts";
import { isStored, kindOf } from "./room-kind.ts";
import type { RoomKind } from "./room-kind.ts";
import { roomStore } from "./room-store.ts";
import type { FindStore, StoredRooms } from "./room-store.ts";

/** What stores of rooms are made of. */
export interface StoreParts {
  readonly settings: NodeSettings["rooms"];
  readonly entities: Pick<FeatureHost["entities"], "offer">;
  /** Undefined where the node stands alone. */
  readonly topics: Pick<ClusterTopics, "topic"> | undefined;
}

/** Where rooms have their order. */
export interface RoomStores {
  readonly findStore: FindStore;
  /** The entities of chat rooms; undefined where there are none. */
  readonly chats: EntityType<LiveRoomProtocol> | undefined;
}

/**
 * Offers the entities in which rooms have their order, and finds that of a room. On a node that stands alone a room is the owner of its order itself, unless what is said in it is to
 * be stored; in a cluster none is, because the same room is on several nodes.
 */
export function offerStores({ settings, entities, topics }: StoreParts): RoomStores {
  const { durability } = settings;
  const topicOf = topics && ((room: string): Topic<RoomProtocol> => topics.topic(room, RoomProtocol));
  const roomsOf = (kind: RoomKind) => ({
    roomsOf: topicOf && ((id: string): Reference<RoomProtocol> => topicOf(`${kind}/${id}`).all),
  });
  const live: StoredRooms = {
    type: entities.offer({ ...LiveRoom, durability }, roomsOf("live")),
    topicOf,
  };
  if (topicOf === undefined) {
    return { findStore: (room) => (isStored(room) ? roomStore(live, room) : undefined), chats: undefined };
  }
  const chats = entities.offer(chatRoom(settings), roomsOf("chat"));
  const kinds: Readonly<Record<RoomKind, StoredRooms>> = {
    live,
    chat: { type: chats, topicOf, shownMs: settings.historyMs },
  };
  return { findStore: (room) => roomStore(kinds[kindOf(room)], room), chats };
}
