import type { RoomProtocol } from "../../protocols/room.ts";
import type { Context } from "../../runtime/actor/context.ts";
import { forget } from "./history.ts";
import { publicationBytes } from "./json-size.ts";
import { closeWhenForgotten } from "./publish.ts";
import { fillHistory } from "./room-heirloom.ts";
import { newRoomState } from "./room-state.ts";
import type { RoomArgs, RoomState } from "./room-state.ts";
import type { RoomStore } from "./room-store.ts";
import { pageBefore } from "./stored-page.ts";

/** Begins a room where its store is: in that epoch, with the latest publications at hand. `epoch` is for one of which nothing is stored yet. */
export async function storedRoom(
  args: RoomArgs,
  store: RoomStore,
  epoch: string,
  context: Context<RoomProtocol>,
): Promise<RoomState> {
  const { history } = args.policy;
  forgetEarlierLife(store, context);
  const standing = await context.ask(store.entity, { kind: "stand" });
  const page = { before: standing.offset + 1, limit: history.size, bytes: history.bytes };
  const latest = await pageBefore(store, page);
  const state = newRoomState(args, { epoch: standing.epoch ?? epoch, party: epoch });
  const now = { nowMs: context.nowMs(), wallMs: context.wallMs() };
  const kept = latest.map((publication) => ({ publication, bytes: publicationBytes(publication) }));
  fillHistory(state.history, kept, now);
  state.history.offset = standing.offset;
  state.facts = standing.facts;
  state.following.stored = standing.offset;
  forget(state.history, history, now.nowMs);
  closeWhenForgotten(state, context);
  return state;
}

/** Whoever was here before this life is not any more. */
function forgetEarlierLife({ everywhere }: RoomStore, context: Context<RoomProtocol>): void {
  if (everywhere === undefined) return;
  context.tell(everywhere.entrance, { kind: "detach", receiver: context.self });
  context.tell(everywhere.all, { kind: "attendance", at: context.self, count: 0, members: [] });
}
