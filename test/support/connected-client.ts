import { Connection } from "../../actors/gateway/connection.ts";
import type { ClientFrame, ServerFrame } from "../../protocols/client-frames.ts";
import type { CloseReason } from "../../protocols/client-protocol.ts";
import type { ConnectionHeirloom, ConnectionProtocol } from "../../protocols/connection.ts";
import type { AcceptedSocket } from "../../protocols/listener.ts";
import { OutletProtocol } from "../../protocols/outlet.ts";
import type { OutletAccount } from "../../protocols/outlet.ts";
import { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import { RoomProtocol } from "../../protocols/room.ts";
import { route } from "../../runtime/net/route.ts";
import type { Route } from "../../runtime/net/route.ts";
import { RouteTable } from "../../runtime/net/route-table.ts";
import { behaviourKit } from "./behaviour-kit.ts";
import type { BehaviourKit } from "./behaviour-kit.ts";
import { Probe } from "./probe.ts";

export const PING_EVERY_MS = 24_000;
export const LIMITS = { frameBytes: 1_000, messagesPerSecond: 10, burst: 5, subscriptions: 2 };

const ACCOUNT: OutletAccount = {
  bytesIn: 1,
  framesIn: 2,
  bytesOut: 3,
  framesOut: 4,
  bufferedBytes: 5,
  state: "open",
  readingPaused: false,
  drops: {},
  policies: {},
};

/** What a test may set about the client. */
export interface ClientSetting {
  /** The route it came to; others of the listener may follow. */
  readonly routes?: readonly [Route, ...Route[]];
  readonly member?: AcceptedSocket["member"];
  readonly random?: () => number;
  readonly search?: string;
  /** Whether the socket was closed before the actor began. */
  readonly isGone?: boolean;
  /** What its actor in another process has handed over: it goes on instead of beginning. */
  readonly data?: unknown;
}

/** The actor of a client's connection, among probes for its socket, the room directory and one room. */
export class ConnectedClient {
  readonly kit: BehaviourKit<ConnectionProtocol>;
  readonly outlet = new Probe(OutletProtocol, "/outlet");
  readonly rooms = new Probe(RoomDirectoryProtocol, "/rooms");
  readonly room = new Probe(RoomProtocol, "/rooms/room");

  constructor(setting: ClientSetting = {}) {
    const routes = setting.routes ?? [route("/chatroom", { rooms: ["chat", "live"] })];
    const socket = {
      id: "c-1",
      route: routes[0].path,
      search: setting.search ?? "",
      address: "10.0.0.7",
      format: "webSocket json",
      outlet: this.outlet,
      member: setting.member,
      traffic: { account: () => ACCOUNT },
    };
    const host = {
      listener: "web",
      table: new RouteTable(routes, LIMITS),
      rooms: this.rooms,
      pingEveryMs: PING_EVERY_MS,
    };
    const random = setting.random ?? (() => 0.5);
    this.kit = behaviourKit(Connection, {
      args: { socket, route: routes[0], host },
      startWallMs: 1_000,
      random,
    });
    if (setting.isGone === true) this.outlet.verdict = "gone";
    this.kit.tell("data" in setting ? { kind: "adopt", data: setting.data } : { kind: "begin" });
  }

  says(...frames: ClientFrame[]): void {
    for (const frame of frames) this.kit.tell({ kind: "frame", frame });
  }

  /** The frames it was sent since the last call. */
  takeFrames(): ServerFrame[] {
    return this.outlet.takeTold().flatMap((told) => (told.kind === "send" ? [told.frame] : []));
  }

  /** Why its socket was closed since the last call, if it was. */
  takeClose(): CloseReason | undefined {
    return this.outlet.takeTold().flatMap((told) => (told.kind === "close" ? [told.reason] : []))[0];
  }

  /** What the connection hands over, once it does: as another process gets it. */
  async handsOver(): Promise<ConnectionHeirloom> {
    const { data } = await this.kit.ask({ kind: "handOver" });
    return structuredClone(data);
  }

  /** Lets the room take the client back, after its connection has moved. */
  async isTakenBack(): Promise<void> {
    this.rooms.question("find").answer({ kind: "found", room: this.room });
    await this.kit.idle();
    this.room.question("resume").answer({ kind: "resumed" });
    await this.kit.idle();
  }

  /** Lets the client subscribe, with every answer that it takes. */
  async joins(room: string, id = 1): Promise<void> {
    this.says({ kind: "subscribe", id, room });
    this.rooms.question("open").answer({ kind: "opened", room: this.room });
    await this.kit.idle();
    this.room.question("join").answer({ kind: "joined", epoch: "e", offset: 0 });
    await this.kit.idle();
  }
}
