import type { Reply } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import { isFault } from "../../runtime/fault.ts";
import type { RouteContext } from "../../runtime/net/route.ts";

/** What a room knows. */
export type RoomView = { readonly room: string } & Omit<Reply<RoomProtocol, "history">, "kind">;

/** What a room knows, for somebody who does not take part: nothing in the room changes. Undefined when there is none. */
export async function look(
  rooms: Reference<RoomDirectoryProtocol>,
  room: string,
  context: RouteContext,
): Promise<RoomView | undefined> {
  const found = await context.ask(rooms, { kind: "find", room });
  if (found.kind === "absent") return undefined;
  const known = await context.ask(found.room, { kind: "history" }).catch(whenGone(undefined));
  if (known === undefined) return undefined;
  const { epoch, offset, members, facts, publications } = known;
  return { room, epoch, offset, members, facts, publications };
}

/** Takes a room that closed between being found and being asked for a value; other errors stay errors. */
export function whenGone<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isFault(error, "actorGone")) return value;
    throw error;
  };
}
