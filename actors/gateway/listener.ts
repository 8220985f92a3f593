import type { ServerFrames } from "../../protocols/client-frames.ts";
import { ListenerProtocol } from "../../protocols/listener.ts";
import type { AcceptedSocket } from "../../protocols/listener.ts";
import type { ConnectionProtocol } from "../../protocols/connection.ts";
import type { PortProtocol } from "../../protocols/port.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { Context, ReplyTo } from "../../runtime/actor/context.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import { Connection } from "./connection.ts";
import type { ConnectionHost } from "./connection-state.ts";
import { OpenAnswers } from "./open-answers.ts";

/** How often a listener that drains looks whether its connections have ended, in milliseconds. */
const LOOK_DRAINED_EVERY_MS = 50;
/** How long a turn may go on without progress, in milliseconds: meanwhile nobody gets in. */
const PROGRESS_WITHIN_MS = 10_000;

/** How long after its start a listener expects connections that another process hands over, in milliseconds. */
const ADOPTION_WITHIN_MS = 30_000;
/** Notices that are kept meanwhile for those who are still on their way. */
const NOTICES_MAX = 1_000;

/** What a listener is started with. */
export interface ListenerArgs {
  /** Bound already; it stays bound when this actor restarts. */
  readonly port: Reference<PortProtocol>;
  readonly host: ConnectionHost;
}

/** A drain under way, and how many connections there were when it began. */
interface Drain {
  readonly replyTo: ReplyTo<ListenerProtocol, "drain">;
  readonly connections: number;
}

interface ListenerState extends ListenerArgs {
  accepted: number;
  adopted: number;
  /** What everybody was told since the start; undefined once nobody can be on the way any more. */
  notices: ServerFrames["notice"][] | undefined;
  /** Who waits for the end of the last connection. */
  readonly draining: Drain[];
  /** Who waits for a list of connections. */
  readonly lists: OpenAnswers<ReplyTo<ListenerProtocol, "list">>;
}

type ListenerContext = Context<ListenerProtocol>;

/** The parent of the connections that came through one port. */
export const Listener = defineActor({
  protocol: ListenerProtocol,
  essential: true,
  progressWithinMs: PROGRESS_WITHIN_MS,
  initialState({ port, host }: ListenerArgs, context): ListenerState {
    context.tell(port, { kind: "serve", listener: context.self });
    context.startTimer("forgetNotices", ADOPTION_WITHIN_MS, { kind: "forgetNotices" });
    return { port, host, accepted: 0, adopted: 0, notices: [], draining: [], lists: new OpenAnswers() };
  },
  handlers: {
    accepted(state, { socket }, context) {
      const connection = start(state, socket, context);
      if (connection === undefined) {
        return void context.tell(socket.outlet, { kind: "close", reason: "internalError" });
      }
      state.accepted++;
      context.tell(connection, { kind: "begin" });
    },
    adopted(state, { socket, data }, context) {
      const connection = start(state, socket, context);
      // This code has no such route: the client shall see what else there is.
      if (connection === undefined) {
        return void context.tell(socket.outlet, { kind: "close", reason: "draining" });
      }
      state.adopted++;
      context.tell(connection, { kind: "adopt", data });
      for (const frame of state.notices ?? []) context.tell(connection, { kind: "deliver", frame });
    },
    notify({ notices }, { from, data }, context) {
      const frame = { kind: "notice", from, data, atMs: context.wallMs() } as const;
      if (notices !== undefined && notices.length < NOTICES_MAX) notices.push(frame);
      for (const connection of connectionsOf(context)) context.tell(connection, { kind: "deliver", frame });
    },
    list({ lists }, { limit }, context) {
      const connections = connectionsOf(context);
      const list = lists.add(context.replyLater());
      const asked = connections
        .slice(0, limit)
        .map((connection) => context.ask(connection, { kind: "identify" }));
      context.pipeToSelf(Promise.allSettled(asked), (outcome) => {
        const settled = outcome.ok ? outcome.value : [];
        // Whoever ended meanwhile is left out.
        const here = settled.flatMap((result) =>
          result.status === "fulfilled" ? [result.value.summary] : [],
        );
        return { kind: "identified", list, count: connections.length, connections: here };
      });
    },
    identified({ lists }, { list, count, connections }) {
      lists.take(list)?.reply({ kind: "listed", count, connections });
    },
    drain(state, { withinMs }, context) {
      const connections = connectionsOf(context);
      state.draining.push({ replyTo: context.replyLater(), connections: connections.length });
      context.tell(state.port, { kind: "close" });
      for (const connection of connections) {
        context.tell(connection, { kind: "drain", afterMs: Math.floor(context.random() * withinMs) });
      }
      answerWhenDrained(state, context);
    },
    forgetNotices(state) {
      state.notices = undefined;
    },
    lookDrained: (state, _message, context) => answerWhenDrained(state, context),
  },
  describe: ({ port, accepted, adopted, draining }) => ({
    port: port.address,
    accepted,
    adopted,
    draining: draining.length > 0,
  }),
});

/** Starts the actor of a socket; undefined for a route that this listener does not have. */
function start(
  { host }: ListenerState,
  socket: AcceptedSocket,
  context: ListenerContext,
): Reference<ConnectionProtocol> | undefined {
  const route = host.table.find(socket.route);
  return route && context.spawn(Connection, socket.id, { socket, route, host });
}

function connectionsOf(context: ListenerContext): Reference<ConnectionProtocol>[] {
  return [...context.children().values()];
}

function answerWhenDrained(state: ListenerState, context: ListenerContext): void {
  if (context.children().size > 0) {
    context.startTimer("lookDrained", LOOK_DRAINED_EVERY_MS, { kind: "lookDrained" });
    return;
  }
  for (const { replyTo, connections } of state.draining.splice(0)) {
    replyTo.reply({ kind: "drained", connections });
  }
}
