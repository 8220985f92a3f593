import type { NodeSettings } from "../../protocols/settings.ts";
import type { LiveRoomProtocol } from "../../protocols/live-room.ts";
import type { EntityDefinition } from "../../runtime/actor/define-entity.ts";
import { LiveRoom, ROOM_SNAPSHOT } from "./live-room.ts";
import type { LiveRoomArgs } from "./live-room.ts";

/** After how many records a snapshot is made; so many more are there than are kept. */
const SNAPSHOT_EVERY_RECORDS = 200;
/** An order that nobody has asked for is kept longer than any room that knows of it, so that none goes on with what is forgotten. */
const KEPT_FACTOR = 2;

/**
 * The order of a chat room, where the room is on several nodes. It is stored so that it outlives the node that has it, with the latest of what was said, and forgotten
 * when the rooms of all nodes have been empty for long.
 */
export function chatRoom({
  historySize,
  graceMs,
}: NodeSettings["rooms"]): EntityDefinition<LiveRoomProtocol, LiveRoomArgs> {
  return {
    ...LiveRoom,
    type: "chat-room",
    durability: "memory",
    snapshot: { ...ROOM_SNAPSHOT, everyRecords: SNAPSHOT_EVERY_RECORDS, keepHistory: historySize },
    passivateAfterMs: KEPT_FACTOR * graceMs,
    isForgottenWhenIdle: true,
  };
}
