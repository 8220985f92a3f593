import type { RoomProtocol } from "../../protocols/room.ts";
import type { Context } from "../../runtime/actor/context.ts";

/** A name for a new numbering. Wall time keeps those of different runs of a node apart, chance those of one moment. */
export function newEpoch(context: Pick<Context<RoomProtocol>, "random" | "wallMs">): string {
  const chance = Math.floor(context.random() * 2 ** 48);
  return `${Math.floor(context.wallMs()).toString(36)}-${chance.toString(36)}`;
}
