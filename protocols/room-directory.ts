import Type from "typebox";
import { RoomId } from "./client-frames.ts";
import { defineProtocol } from "./protocol.ts";
import { reference } from "./reference.ts";
import type { RoomProtocol } from "./room.ts";

/**
 * Where rooms are found by their id. A room may close between the answer and the next message to it, because it was
 * empty for long: that message then fails with the fault `actorGone`, and whoever still wants the room opens it again.
 */
export const RoomDirectoryProtocol = defineProtocol({
  name: "roomDirectory",
  version: 1,
  ask: {
    /** Finds a room and starts it when it does not exist yet. */
    open: {
      request: {
        room: RoomId,
        /** Whether a verified service asks: a share of the rooms is kept for those. */
        isService: Type.Optional(Type.Boolean()),
      },
      reply: {
        opened: { room: reference<RoomProtocol>() },
        refused: { code: Type.Literal("tooManyRooms"), text: Type.String() },
      },
    },
    /** Finds a room that exists: looking at a room must not create it. */
    find: {
      request: { room: RoomId },
      reply: { found: { room: reference<RoomProtocol>() }, absent: {} },
    },
  },
  self: {
    /** A room stopped for good. */
    roomStopped: { room: RoomId },
  },
});
export type RoomDirectoryProtocol = typeof RoomDirectoryProtocol;
