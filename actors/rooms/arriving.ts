import type { Position, RoomProtocol } from "../../protocols/room.ts";
import type { AskContext, Context } from "../../runtime/actor/context.ts";
import { catchUp, isShared } from "./following.ts";
import { forget } from "./history.ts";
import { subscribedFrame } from "./room-state.ts";
import type { Arrival, RoomState } from "./room-state.ts";

// Somebody who comes from another node may know more than the room here has heard, and the first one who comes finds a room that hears nothing yet.
// Whoever is told too early what was said would be told of a gap where there is none.

/** How long somebody waits at most for a room that catches up, in milliseconds: less than a question waits. */
export const ADMIT_WITHIN_MS = 4_000;

type RoomContext = Context<RoomProtocol>;

/** Lets somebody in who has a seat: at once, unless the room has to catch up first. */
export function letIn(
  state: RoomState,
  arrival: Omit<Arrival, "answer">,
  context: AskContext<RoomProtocol, "join">,
): void {
  if (!mustCatchUp(state, arrival.recover, context)) {
    tellWhatWasSaid(state, arrival, context);
    return context.reply({ kind: "joined", epoch: state.epoch, offset: state.history.offset });
  }
  const { arrivals } = state.attending;
  if (arrivals.length === 0) context.startTimer("admit", ADMIT_WITHIN_MS, { kind: "admit" });
  arrivals.push({ ...arrival, answer: context.replyLater() });
}

/** Lets those in who wait, if the room is where the others are. */
export function admitWhenReady(state: RoomState, context: RoomContext): void {
  if (state.following.isCurrent && state.attending.phase === "attending") admitAll(state, context);
}

/** Lets those in who wait. */
export function admitAll(state: RoomState, context: RoomContext): void {
  context.stopTimer("admit");
  for (const arrival of state.attending.arrivals.splice(0)) {
    tellWhatWasSaid(state, arrival, context);
    arrival.answer.reply({ kind: "joined", epoch: state.epoch, offset: state.history.offset });
  }
}

/** Somebody has gone again who waited. */
export function notArriving({ attending, epoch, history }: RoomState, member: string): void {
  for (const arrival of attending.arrivals.filter((waiting) => waiting.member === member)) {
    attending.arrivals.splice(attending.arrivals.indexOf(arrival), 1);
    arrival.answer.reply({ kind: "joined", epoch, offset: history.offset });
  }
}

function mustCatchUp(state: RoomState, recover: Position | undefined, context: RoomContext): boolean {
  if (!isShared(state)) return false;
  if (recover?.epoch === state.epoch && recover.offset > state.history.offset) catchUp(state, context);
  return !state.following.isCurrent || state.attending.phase !== "attending";
}

function tellWhatWasSaid(
  state: RoomState,
  { outlet, frameId, recover }: Pick<Arrival, "outlet" | "frameId" | "recover">,
  context: RoomContext,
): void {
  forget(state.history, state.policy.history, context.nowMs());
  context.tell(state.channel, {
    kind: "attach",
    outlet,
    first: subscribedFrame(state, frameId, recover),
  });
}
