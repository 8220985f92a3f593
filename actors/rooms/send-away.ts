import type { Protocol } from "../../protocols/protocol.ts";
import type { Context } from "../../runtime/actor/context.ts";
import type { RoomArgs } from "./room-state.ts";

/**
 * Ends what all members had with a life of a room that is over: they are told to subscribe again, and get nothing more
 * until they do, so that offsets of two epochs never mix.
 */
export function sendAway<P extends Protocol>(
  { room, channel }: Omit<RoomArgs, "policy">,
  context: Context<P>,
): void {
  context.tell(channel, { kind: "publish", frame: { kind: "skipped", room, offset: 0 } });
  context.tell(channel, { kind: "close" });
}
