import type { ClientFrame } from "../../protocols/client-frames.ts";
import type { CloseReason } from "../../protocols/client-protocol.ts";
import type { ConnectionProtocol, SocketEnd } from "../../protocols/connection.ts";
import type { AcceptedSocket } from "../../protocols/listener.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { Context } from "../../runtime/actor/context.ts";
import type { AccessTap } from "../../runtime/net/access-tap.ts";
import type { Route } from "../../runtime/net/route.ts";
import type { ConnectionLimits, RouteTable } from "../../runtime/net/route-table.ts";
import { noteConnectionEnd } from "./answered.ts";
import { Client } from "./client.ts";
import type { Offences } from "./offences.ts";
import type { Rest } from "./rest.ts";
import type { RoomLink } from "./room-link.ts";
import type { TrafficLedger } from "./traffic-ledger.ts";

/** What all connections of a listener are started with. */
export interface ConnectionHost {
  readonly listener: string;
  readonly table: RouteTable;
  /** Where rooms are found; without it no connection may name one. */
  readonly rooms: Reference<RoomDirectoryProtocol> | undefined;
  readonly pingEveryMs: number;
  /** Keeps the sum of what passes through all connections; nobody does unless given. */
  readonly ledger?: TrafficLedger;
  /** Where it is told what was answered; nobody is unless given. */
  readonly access?: AccessTap;
}

/** What one connection is started with. */
export interface ConnectionArgs {
  readonly socket: AcceptedSocket;
  readonly route: Route;
  readonly host: ConnectionHost;
}

/** What a connection knows. */
export interface ConnectionState {
  readonly socket: AcceptedSocket;
  readonly route: Route;
  readonly limits: ConnectionLimits;
  readonly host: ConnectionHost;
  readonly client: Client;
  openedAtMs: number;
  /** The rooms that the client is in or on its way into, by id; undefined as long as there was none. */
  links: Map<string, RoomLink> | undefined;
  offences: Offences | undefined;
  /** What the client said and has no answer to yet, apart from what its links know; undefined as long as there is none. */
  unanswered: Set<ClientFrame> | undefined;
  /** Undefined unless the connection is about to move, or has just done so. */
  rest: Rest | undefined;
  /** Whether the client said anything since the last ping. */
  isHeard: boolean;
  /** Pings in a row that nothing was heard after. */
  silentPings: number;
  /** Whether the route's `onOpen` has run, so that `onClose` is due. */
  isOpen: boolean;
}

/** The context of a connection's handlers. */
export type ConnectionContext = Context<ConnectionProtocol>;

/** A connection before its first word. */
export function newConnection(args: ConnectionArgs, context: ConnectionContext): ConnectionState {
  const { socket, route, host } = args;
  return {
    socket,
    route,
    limits: host.table.limitsOf(route),
    host,
    client: new Client(socket, host.listener, context.self),
    openedAtMs: context.wallMs(),
    links: undefined,
    offences: undefined,
    unanswered: undefined,
    rest: undefined,
    isHeard: true,
    silentPings: 0,
    isOpen: false,
  };
}

/** Ends the connection; the socket says when it is over. */
export function close(
  state: ConnectionState,
  reason: CloseReason,
  context: ConnectionContext,
  text?: string,
): void {
  context.tell(state.socket.outlet, { kind: "close", reason, ...(text === undefined ? {} : { text }) });
}

/** Notes that a frame will be answered later. */
export function awaitAnswer(state: ConnectionState, frame: ClientFrame): void {
  (state.unanswered ??= new Set()).add(frame);
}

/** Notes that a frame is answered. */
export function noteAnswer(state: ConnectionState, frame: ClientFrame): void {
  state.unanswered?.delete(frame);
  if (state.unanswered?.size === 0) state.unanswered = undefined;
}

/** Tells the route, once, that its connection is over. */
export function tellRouteClosed(state: ConnectionState, end: SocketEnd, context: ConnectionContext): void {
  if (!state.isOpen) return;
  state.isOpen = false;
  noteConnectionEnd(state, context);
  state.route.onClose?.(state.client, end, context);
}
