import { Connection } from "../../actors/gateway/connection.ts";
import type { ConnectionHost } from "../../actors/gateway/connection-state.ts";
import type { ClientFrame, Member, ServerFrame } from "../../protocols/client-frames.ts";
import type { AcceptedSocket } from "../../protocols/listener.ts";
import { OutletProtocol } from "../../protocols/outlet.ts";
import type { OutletAccount } from "../../protocols/outlet.ts";
import type { Tell } from "../../protocols/protocol.ts";
import { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import { route } from "../../runtime/net/route.ts";
import type { RouteParts } from "../../runtime/net/route.ts";
import { RouteTable } from "../../runtime/net/route-table.ts";
import { behaviourKit } from "./behaviour-kit.ts";
import { Probe } from "./probe.ts";

/** How often a connection under test pings, in milliseconds. */
export const PING_EVERY_MS = 1_000;
const LIMITS = { frameBytes: 1_000, messagesPerSecond: 10, burst: 3, subscriptions: 2 };
const ACCOUNT: OutletAccount = {
  bytesIn: 7,
  framesIn: 1,
  bytesOut: 9,
  framesOut: 2,
  bufferedBytes: 5,
  state: "open",
  readingPaused: false,
  drops: {},
  policies: {},
};

/** What a test changes about a connection. */
export interface ConnectionSetting extends RouteParts {
  /** Whom the route's guard has named. */
  readonly member?: Member;
  readonly account?: Partial<OutletAccount>;
  /** A node without rooms. */
  readonly withoutRooms?: boolean;
  readonly random?: () => number;
}

/** A connection among probes of its socket and of the directory of rooms; its route is `/chatroom`, with chat rooms. */
export function connectionStage({ member, account, withoutRooms, random, ...parts }: ConnectionSetting = {}) {
  const outlet = new Probe(OutletProtocol, "c1");
  const rooms = new Probe(RoomDirectoryProtocol, "/rooms");
  const chatroom = route("/chatroom", { rooms: ["chat"], ...parts });
  const socket: AcceptedSocket = {
    id: "c1",
    route: "/chatroom",
    search: "room=lobby",
    address: "192.0.2.7",
    format: "webSocket json",
    outlet,
    member,
    traffic: { account: () => ({ ...ACCOUNT, ...account }) },
  };
  const host: ConnectionHost = {
    listener: "web",
    table: new RouteTable([chatroom], LIMITS),
    rooms: withoutRooms === true ? undefined : rooms,
    pingEveryMs: PING_EVERY_MS,
  };
  const kit = behaviourKit(Connection, {
    args: { socket, route: chatroom, host },
    path: "/gateway/web/c1",
    ...(random === undefined ? {} : { random }),
  });
  return new ConnectionStage(kit, outlet, rooms);
}

type Kit = ReturnType<typeof behaviourKit<typeof Connection.protocol, never>>;

/** A connection under test, and what is around it. Made by `connectionStage`. */
class ConnectionStage {
  readonly kit: Kit;
  readonly outlet: Probe<typeof OutletProtocol>;
  readonly rooms: Probe<typeof RoomDirectoryProtocol>;

  constructor(kit: Kit, outlet: Probe<typeof OutletProtocol>, rooms: Probe<typeof RoomDirectoryProtocol>) {
    this.kit = kit;
    this.outlet = outlet;
    this.rooms = rooms;
  }

  /** The listener says the first word; what the socket is told then is forgotten. */
  begin(): this {
    this.kit.tell({ kind: "begin" });
    this.outlet.takeTold();
    return this;
  }

  /** The client says something. */
  says(...frames: ClientFrame[]): void {
    for (const frame of frames) this.kit.tell({ kind: "frame", frame });
  }

  /** What the client was sent since the last look. @throws when the socket was told anything else */
  sent(): ServerFrame[] {
    return this.outlet.takeTold().map((told) => {
      if (told.kind !== "send") throw new Error(`the socket was told "${told.kind}"`);
      return told.frame;
    });
  }

  /** Everything that the socket was told since the last look. */
  told(): Tell<typeof OutletProtocol>[] {
    return this.outlet.takeTold();
  }
}
