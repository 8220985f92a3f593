import { ConnectionProtocol } from "../../protocols/connection.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import { arrive, roomResumed } from "./arrival.ts";
import { close, newConnection, noteAnswer, tellRouteClosed } from "./connection-state.ts";
import type { ConnectionArgs, ConnectionState } from "./connection-state.ts";
import { endWaiting, goOn, leave, lookQuiet, rest, takeFrame } from "./moving.ts";
import {
  afterMalformed,
  afterTooFast,
  isMalformedTooOften,
  isTooFastForLong,
  NO_OFFENCES,
} from "./offences.ts";
import { firstPingMs, SILENT_PINGS_MAX } from "./pings.ts";
import { refusedFrame } from "./refusals.ts";
import { joinEnded, roomOpened } from "./room-links.ts";

/** How long a drained client may wait before it comes back, in milliseconds; each waits its own time. */
const RECONNECT_WITHIN_MS = 5_000;
/** Frames that may wait for their turn; the next one is refused as `busy`. */
const MAILBOX_MAX = 1_000;
/** How long a turn may go on without progress, in milliseconds: a client waits no longer than that for a sign of life. */
const PROGRESS_WITHIN_MS = 10_000;

/**
 * One client's connection: who it is, what it may, what it is subscribed to, and why it ends.
 * It is never started anew: what it stands for is a socket, and that is closed when it fails.
 */
export const Connection = defineActor({
  protocol: ConnectionProtocol,
  restart: "temporary",
  mailboxMax: MAILBOX_MAX,
  progressWithinMs: PROGRESS_WITHIN_MS,
  initialState: (args: ConnectionArgs, context): ConnectionState => newConnection(args, context),
  handlers: {
    begin(state, _message, context) {
      const { client, route, host } = state;
      // Whoever has gone in the meantime will not say so again.
      if (context.tell(client.outlet, { kind: "open", connection: client.self }) !== "accepted") {
        return context.stopSelf();
      }
      const firstMs = firstPingMs(host.pingEveryMs, context.random());
      context.tell(client.outlet, { kind: "expectSigns", firstMs, everyMs: host.pingEveryMs });
      context.log.debug("connection.opened", { route: route.path });
      state.isOpen = true;
      host.ledger?.enter(state.socket.traffic);
      route.onOpen?.(client, context);
    },
    frame(state, { frame }, context) {
      heard(state);
      takeFrame(state, frame, context);
    },
    text(state, { text }, context) {
      heard(state);
      state.route.onMessage?.(state.client, text, context);
    },
    malformed(state, { refusal }, context) {
      state.isHeard = true;
      state.offences = afterMalformed(state.offences ?? NO_OFFENCES);
      context.tell(state.client.outlet, { kind: "send", frame: refusedFrame(refusal) });
      if (isMalformedTooOften(state.offences)) close(state, "malformed", context, refusal.text);
    },
    tooFast(state, { refusal }, context) {
      state.isHeard = true;
      state.offences = afterTooFast(state.offences ?? NO_OFFENCES, context.nowMs());
      context.tell(state.client.outlet, { kind: "send", frame: refusedFrame(refusal) });
      if (isTooFastForLong(state.offences, state.limits.burst)) {
        close(state, "tooFast", context, refusal.text);
      }
    },
    alive(state) {
      state.isHeard = true;
    },
    pingDue(state, _message, context) {
      state.silentPings = state.isHeard ? 0 : state.silentPings + 1;
      if (state.silentPings >= SILENT_PINGS_MAX) return close(state, "noProgress", context);
      state.isHeard = false;
      const { outlet } = state.client;
      if (state.route.protocol === "v1") context.tell(outlet, { kind: "send", frame: { kind: "ping" } });
      else context.tell(outlet, { kind: "ping" });
    },
    roomOpened(state, { room, result }, context) {
      roomOpened(state, room, result, context);
      lookQuiet(state, context);
    },
    joinEnded(state, { frame, result }, context) {
      joinEnded(state, frame, result, context);
      lookQuiet(state, context);
    },
    answered(state, { to, frame }, context) {
      context.tell(state.client.outlet, { kind: "send", frame });
      noteAnswer(state, to);
      lookQuiet(state, context);
    },
    deliver({ client }, { frame }, context) {
      context.tell(client.outlet, { kind: "send", frame });
    },
    failed(_state, { error }) {
      throw error;
    },
    identify({ client, socket, openedAtMs }, _message, context) {
      const { id: connection, member, path: route } = client;
      const summary = {
        connection,
        name: member.name,
        route,
        address: socket.address,
        connectedAtMs: openedAtMs,
      };
      context.reply({ kind: "identified", summary });
    },
    rest(state, _message, context) {
      const answer = context.replyLater();
      const isSubscribed = (): boolean => state.links !== undefined && state.links.size > 0;
      rest(state, () => answer.reply({ kind: "resting", isSubscribed: isSubscribed() }), context);
    },
    handOver(state, _message, context) {
      const answer = context.replyLater();
      rest(state, (now) => leave(state, answer, now), context);
    },
    restOver(state, _message, context) {
      endWaiting(state, context);
    },
    goOn(state, _message, context) {
      goOn(state, context);
    },
    adopt(state, { data }, context) {
      arrive(state, data, context);
    },
    roomResumed(state, { room, result }, context) {
      roomResumed(state, room, result, context);
    },
    drain(_state, { afterMs }, context) {
      context.startTimer("drain", afterMs, { kind: "leave" });
    },
    leave(state, _message, context) {
      if (state.route.protocol === "v1") {
        const reconnectAfterMs = Math.round(context.random() * RECONNECT_WITHIN_MS);
        context.tell(state.client.outlet, { kind: "send", frame: { kind: "drain", reconnectAfterMs } });
      }
      close(state, "draining", context);
    },
    closed(state, { end }, context) {
      context.log.debug("connection.closed", { code: end.code, reason: end.text });
      tellRouteClosed(state, end, context);
      context.stopSelf();
    },
  },
  afterStop(state, context) {
    state.host.ledger?.leave(state.socket.traffic);
    // After an orderly end the socket is closed already; otherwise this life has failed, and the client shall know.
    if (state.isOpen) {
      close(state, "internalError", context);
      tellRouteClosed(state, CRASHED, context);
    }
  },
  describe,
});

const CRASHED = { code: 1011, text: "the connection's actor ended" };

/** A good frame: nothing that came before it was a habit. */
function heard(state: ConnectionState): void {
  state.isHeard = true;
  if (state.offences !== undefined && state.offences.malformed > 0) {
    state.offences = { ...state.offences, malformed: 0 };
  }
}

function describe({ client, socket, route, links, offences, openedAtMs }: ConnectionState) {
  const { drops, policies, ...traffic } = socket.traffic.account();
  return {
    name: client.member.name,
    address: socket.address,
    route: route.path,
    format: socket.format,
    openedAtMs,
    ...traffic,
    drops,
    // Each with its policy for slow readers.
    subscriptions: {
      ...Object.fromEntries([...(links?.keys() ?? [])].map((room) => [room, "joining"])),
      ...policies,
    },
    malformed: offences?.malformed ?? 0,
    tooFast: offences?.tooFast ?? 0,
  };
}
