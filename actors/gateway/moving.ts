import type { ClientFrame } from "../../protocols/client-frames.ts";
import type { ConnectionHeirloom, ConnectionProtocol } from "../../protocols/connection.ts";
import type { ReplyTo } from "../../runtime/actor/context.ts";
import type { ConnectionContext, ConnectionState } from "./connection-state.ts";
import { FRAMES } from "./frames.ts";
import { NO_OFFENCES } from "./offences.ts";
import { notInTime, refusedFrame, tooManyHeld } from "./refusals.ts";
import { hold, mustWait, newRest } from "./rest.ts";

// A connection that moves to another process keeps back what only the rooms and the actions can answer, until it is
// there: the rooms move first. Everything that was asked for before has its answer by then.

/** How long open answers are waited for before a connection moves without them, in milliseconds. */
const REST_WITHIN_MS = 5_000;

/** Takes a frame of the client, or keeps it back while the connection moves. */
export function takeFrame(state: ConnectionState, frame: ClientFrame, context: ConnectionContext): void {
  const { rest: resting, socket } = state;
  if (resting === undefined || !mustWait(resting, frame)) {
    FRAMES[frame.kind](state, frame as never, context);
  } else if (!hold(resting, frame)) {
    context.tell(socket.outlet, { kind: "send", frame: refusedFrame(tooManyHeld(frame)) });
  } else if (resting.isLeaving && resting.held.length === 1) {
    // What comes would only wait here, so it may as well wait in the network.
    context.tell(socket.outlet, { kind: "restReading" });
  }
}

/** Begins to keep frames back, and does `whenQuiet` once everything that was asked for before is answered. */
export function rest(
  state: ConnectionState,
  whenQuiet: (context: ConnectionContext) => void,
  context: ConnectionContext,
): void {
  const resting = (state.rest ??= newRest(true));
  resting.isLeaving = true;
  if (isQuiet(state)) return whenQuiet(context);
  if (resting.whenQuiet.push(whenQuiet) === 1) {
    context.startTimer("rest", REST_WITHIN_MS, { kind: "restOver" });
  }
}

/** Looks whether the answer that has come was the last one that a move waits for. */
export function lookQuiet(state: ConnectionState, context: ConnectionContext): void {
  if (state.rest !== undefined && isQuiet(state)) endWaiting(state, context);
}

/** Does what waited for the last answer, whether it has come or not. */
export function endWaiting(state: ConnectionState, context: ConnectionContext): void {
  if (state.rest === undefined) return;
  context.stopTimer("rest");
  for (const whenQuiet of state.rest.whenQuiet.splice(0)) whenQuiet(context);
  if (!state.rest.isLeaving) goOn(state, context);
}

/** Takes what was kept back, in order: the connection stays here. */
export function goOn(state: ConnectionState, context: ConnectionContext): void {
  const held = state.rest?.held ?? [];
  state.rest = undefined;
  context.stopTimer("rest");
  for (const frame of held) takeFrame(state, frame, context);
}

/** Answers with all that the connection knows, and ends it here without a word to anybody. */
export function leave(
  state: ConnectionState,
  replyTo: ReplyTo<ConnectionProtocol, "handOver">,
  context: ConnectionContext,
): void {
  // It has been asked for, so it must not be asked for again over there.
  for (const frame of state.unanswered ?? []) {
    context.tell(state.socket.outlet, { kind: "send", frame: refusedFrame(notInTime(frame)) });
  }
  replyTo.reply({ kind: "handedOver", data: heirloomOf(state, context) });
  context.log.debug("connection.handedOver", { route: state.route.path });
  state.isOpen = false;
  context.stopSelf();
}

/** Whether every answer has come, and every room that the client has named is found. */
function isQuiet({ unanswered, links }: ConnectionState): boolean {
  if (unanswered !== undefined) return false;
  for (const { reference, joining } of links?.values() ?? []) {
    if (reference === undefined || joining.length > 0) return false;
  }
  return true;
}

function heirloomOf(state: ConnectionState, context: ConnectionContext): ConnectionHeirloom {
  const { client, route, offences = NO_OFFENCES } = state;
  const links = [...(state.links ?? [])];
  return {
    version: 1,
    member: client.named,
    openedAtMs: state.openedAtMs,
    malformed: offences.malformed,
    tooFast: offences.tooFast,
    tooFastAgoMs: context.nowMs() - offences.lastTooFastMs,
    isHeard: state.isHeard,
    silentPings: state.silentPings,
    rooms: links.flatMap(([room, { epoch }]) => (epoch === undefined ? [] : { room, epoch })),
    // A room that did not answer in time is asked again: to join twice does no harm.
    held: [
      ...links.flatMap(([, { joining, waiting }]) => [...joining, ...waiting]),
      ...(state.rest?.held ?? []),
    ],
    route: route.handOver?.dump(client),
  };
}
