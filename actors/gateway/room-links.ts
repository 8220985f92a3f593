import type { ClientFrames } from "../../protocols/client-frames.ts";
import type { ConnectionProtocol, FrameRefusal, JoinEnd, RoomOpened } from "../../protocols/connection.ts";
import type { Own, Reply } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { Outcome } from "../../runtime/actor/context.ts";
import { awaitAnswer } from "./connection-state.ts";
import type { ConnectionContext, ConnectionState } from "./connection-state.ts";
import { presenceAnswer, ROOM_CALLS } from "./room-calls.ts";
import type { Present } from "./room-calls.ts";
import {
  foreignRoom,
  notSubscribed,
  refusalOfFault,
  refusedFrame,
  roomClosed,
  tooManySubscriptions,
  tooManyWaiting,
} from "./refusals.ts";
import { endJoining, newLink, takeWaiting, wait } from "./room-link.ts";
import type { RoomFrame, RoomLink } from "./room-link.ts";

// The gateway knows no more of rooms than where they are found and what may be said to them. All that a client says
// about one room reaches it in the order in which it came, also while the room is still being looked for.

/** Takes a frame about a room on its way to the room. */
export function toRoom(state: ConnectionState, frame: RoomFrame, context: ConnectionContext): void {
  const kinds = state.route.rooms ?? [];
  const { rooms } = state.host;
  if (rooms === undefined || !kinds.includes(kindOf(frame.room))) {
    return refuse(state, foreignRoom(frame.id, kinds), context);
  }
  const link = state.links?.get(frame.room);
  if (link === undefined) return withoutLink(state, frame, rooms, context);
  if (link.reference !== undefined) return call(state, link, frame, context);
  if (!wait(link, frame)) refuse(state, tooManyWaiting(frame.id), context);
}

/** The directory has answered: what waited for it goes on, or is refused. */
export function roomOpened(
  state: ConnectionState,
  room: string,
  result: RoomOpened,
  context: ConnectionContext,
): void {
  const link = state.links?.get(room);
  if (link === undefined) return;
  if (result.kind === "opened") {
    link.reference = result.room;
    // Among them may be one that leaves: what follows it needs a way of its own.
    for (const frame of takeWaiting(link)) toRoom(state, frame, context);
    return;
  }
  state.links?.delete(room);
  for (const { id } of takeWaiting(link)) refuse(state, { ...result.refusal, id }, context);
}

/** A room has answered a subscription. */
export function joinEnded(
  state: ConnectionState,
  frame: ClientFrames["subscribe"],
  result: JoinEnd,
  context: ConnectionContext,
): void {
  const link = state.links?.get(frame.room);
  if (link === undefined || !endJoining(link, frame)) {
    if (result.kind !== "joined") refuse(state, refusalOfJoin(result, frame), context);
  } else if (result.kind === "joined") {
    link.epoch = result.epoch;
    link.isSecondTry = false;
  } else if (result.kind === "gone" && !link.isSecondTry && state.host.rooms !== undefined) {
    openAgain(link, frame, state.host.rooms, context);
  } else {
    if (link.epoch === undefined || result.kind === "gone") state.links?.delete(frame.room);
    refuse(state, refusalOfJoin(result, frame), context);
  }
}

function refusalOfJoin(
  result: Exclude<JoinEnd, { readonly kind: "joined" }>,
  { id }: ClientFrames["subscribe"],
): FrameRefusal {
  return result.kind === "refused" ? result.refusal : roomClosed(id);
}

/** The kind of a room stands before its name. */
function kindOf(room: string): string {
  return room.slice(0, room.indexOf("/"));
}

function refuse(state: ConnectionState, refusal: FrameRefusal, context: ConnectionContext): void {
  context.tell(state.socket.outlet, { kind: "send", frame: refusedFrame(refusal) });
}

function call(state: ConnectionState, link: RoomLink, frame: RoomFrame, context: ConnectionContext): void {
  if (link.reference === undefined) return;
  if (frame.kind === "subscribe") link.joining.push(frame);
  ROOM_CALLS[frame.kind](state, frame as never, link.reference, context);
}

/** Only a subscription makes a link; the rest is answered without one. */
function withoutLink(
  state: ConnectionState,
  frame: RoomFrame,
  rooms: Reference<RoomDirectoryProtocol>,
  context: ConnectionContext,
): void {
  const { id, room } = frame;
  const links = (state.links ??= new Map());
  switch (frame.kind) {
    case "subscribe":
      if (links.size >= state.limits.subscriptions) {
        return refuse(state, tooManySubscriptions(id, state.limits.subscriptions), context);
      }
      links.set(room, newLink(frame));
      return open(room, rooms, context);
    case "unsubscribe":
      // Whoever is out already has what it wants.
      context.tell(state.socket.outlet, { kind: "send", frame: { kind: "unsubscribed", id, room } });
      return;
    case "publish":
      return refuse(state, notSubscribed(id), context);
    case "presence":
      awaitAnswer(state, frame);
      return context.pipeToSelf(presenceOf(room, rooms, context), (outcome) =>
        presenceAnswer(outcome, frame),
      );
  }
}

function open(room: string, rooms: Reference<RoomDirectoryProtocol>, context: ConnectionContext): void {
  context.pipeToSelf(context.ask(rooms, { kind: "open", room }), (outcome) => opened(room, outcome));
}

function openAgain(
  link: RoomLink,
  frame: ClientFrames["subscribe"],
  rooms: Reference<RoomDirectoryProtocol>,
  context: ConnectionContext,
): void {
  wait(link, frame);
  if (link.reference === undefined) return;
  link.reference = undefined;
  link.isSecondTry = true;
  open(frame.room, rooms, context);
}

function opened(
  room: string,
  outcome: Outcome<Reply<RoomDirectoryProtocol, "open">>,
): Own<ConnectionProtocol> {
  if (outcome.ok) {
    const reply = outcome.value;
    return {
      kind: "roomOpened",
      room,
      result: reply.kind === "opened" ? reply : { kind: "refused", refusal: reply },
    };
  }
  const refusal = refusalOfFault(outcome.error);
  return refusal instanceof Error
    ? { kind: "failed", error: refusal }
    : { kind: "roomOpened", room, result: { kind: "refused", refusal } };
}

/** Who is in a room; looking does not create it. */
async function presenceOf(
  room: string,
  rooms: Reference<RoomDirectoryProtocol>,
  context: ConnectionContext,
): Promise<Present> {
  const found = await context.ask(rooms, { kind: "find", room });
  return found.kind === "absent" ? { count: 0, members: [] } : context.ask(found.room, { kind: "presence" });
}
