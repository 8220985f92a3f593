import type { Publication } from "../../protocols/client-frames.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import type { Context } from "../../runtime/actor/context.ts";
import { append } from "./history.ts";
import { publicationBytes } from "./json-size.ts";
import type { RoomState } from "./room-state.ts";

/** Lets everybody in a room see what has got its place in the order, the next one. */
export function publish(state: RoomState, publication: Publication, context: Context<RoomProtocol>): void {
  const { history, policy, channel } = state;
  const bytes = publicationBytes(publication);
  append(history, { publication, bytes, atMs: context.nowMs() }, policy.history);
  if (publication.facts !== undefined) state.facts = { ...state.facts, ...publication.facts };
  context.tell(channel, { kind: "publish", frame: { kind: "publication", ...publication } });
  if (state.seats.size === 0) closeWhenForgotten(state, context);
}

/** An empty room lingers, so that a member on a flaky network finds it again; longer when it has something to keep. */
export function closeWhenForgotten({ history, policy }: RoomState, context: Context<RoomProtocol>): void {
  const lingerMs = history.offset === 0 ? policy.emptyGraceMs : policy.keepMs;
  context.startTimer("close", lingerMs, { kind: "close" });
}
