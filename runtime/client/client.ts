import { CLIENT_PROTOCOL_VERSION } from "../../protocols/client-protocol.ts";
import type { ClientFrame, ServerFrame, ServerFrames } from "../../protocols/client-frames.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import { SystemClock } from "../time/system-clock.ts";
import { openBrowserSocket } from "./browser-socket.ts";
import { callSafely, throwLater } from "./call-safely.ts";
import type { ReportError } from "./call-safely.ts";
import type { ClientSocket, OpenSocket } from "./client-socket.ts";
import { jsonFrameCodec, readServerFrame } from "./frame-codec.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { localRefusal } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { Requests } from "./requests.ts";
import type { Request } from "./requests.ts";
import { ANSWER_TIMEOUT_MS, Room } from "./room.ts";
import type { RequestOptions } from "./room.ts";
import { lossReason, newSession, sessionAfter } from "./session.ts";
import type { LossReason, Session, SessionEvent, SessionState } from "./session.ts";
import { SilenceWatch } from "./silence-watch.ts";

export { Refusal } from "./refusal.ts";
export type { Outcome } from "./refusal.ts";
export type { LossReason, SessionState } from "./session.ts";
export type { Gap } from "./room-position.ts";
export type { RequestOptions, Room, RoomHandlers, RoomState } from "./room.ts";
export type { Roster } from "./roster.ts";
export type { ClientSocket, OpenSocket, SocketEvents } from "./client-socket.ts";
export type { FrameCodec } from "./frame-codec.ts";
export type { Facts, Member, Publication } from "../../protocols/client-frames.ts";

/** Whom to connect to, and what to replace: everything but `url` may be left out. */
export interface ConnectOptions {
  /** The gateway and the route: `ws://127.0.0.1:9501/chatroom`. */
  readonly url: string;
  /** What others shall see; the gateway makes up a name for whoever gives none. */
  readonly name?: string;
  readonly webSocket?: OpenSocket;
  readonly codec?: FrameCodec;
  readonly clock?: Clock;
  /** Numbers in [0, 1) that spread the reconnects of many clients. */
  readonly random?: () => number;
  /** Hears what the application's own handlers throw; unless given, it is thrown as uncaught. */
  readonly onError?: ReportError;
}

/** A message to every connection of a listener, outside of rooms. */
export type Notice = Omit<ServerFrames["notice"], "kind">;

/** A server that accepts the socket but never says welcome is given up after this. */
const WELCOME_TIMEOUT_MS = 10_000;
/** So many ping periods without any frame mean that the connection is dead. */
const SILENT_PERIODS = 2.5;
/** What the gateway takes as one frame unless its settings say otherwise, in bytes. */
const FRAME_BYTES_MAX = 65_536;

/** Begins to connect, and stays connected until `close`. */
export function connect(options: ConnectOptions): Client {
  return new Client(options);
}

/** A client's logical connection to its gateway, and the rooms it follows. Made by `connect`. */
export class Client {
  readonly #options: ConnectOptions;
  readonly #codec: FrameCodec;
  readonly #report: ReportError;
  readonly #clock: Clock;
  readonly #requests: Requests;
  readonly #silence: SilenceWatch;
  readonly #rooms = new Map<string, Room>();
  readonly #stateListeners = new Set<(state: SessionState) => void>();
  readonly #noticeListeners = new Set<(notice: Notice) => void>();
  #session: Session = newSession();
  #name: string | undefined;
  #socket: ClientSocket | undefined;
  #socketTurn = 0;
  #openedAtMs = 0;
  #stopTimer: Cancel | undefined;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#name = options.name;
    this.#codec = options.codec ?? jsonFrameCodec;
    this.#report = options.onError ?? throwLater;
    this.#clock = options.clock ?? new SystemClock();
    this.#requests = new Requests(this.#clock);
    this.#silence = new SilenceWatch(this.#clock, () => this.#lose("silent"));
    this.#openSocket();
  }

  get state(): SessionState {
    return this.#session.state;
  }

  /** Hears of every change of `state`; the result ends it. */
  onState(listener: (state: SessionState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Hears every notice; the result ends it. */
  onNotice(listener: (notice: Notice) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
  }

  /** The room of this id: `chat/lobby`, `live/final`. The same object each time. */
  room(id: string): Room {
    let room = this.#rooms.get(id);
    if (room === undefined) this.#rooms.set(id, (room = new Room(id, this.#roomLink())));
    return room;
  }

  /**
   * Calls an action of a route, whichever feature owns it.
   * @throws Refusal
   */
  call(
    route: string,
    action: string,
    body?: unknown,
    { timeoutMs = ANSWER_TIMEOUT_MS }: RequestOptions = {},
  ): Promise<unknown> {
    return new Promise((resolve, reject) =>
      this.#request({
        frame: (id) => ({ kind: "call", id, route, action, ...(body !== undefined && { body }) }),
        timeoutMs,
        answered: (answer) => resolve((answer as ServerFrames["answered"]).body),
        failed: reject,
      }),
    );
  }

  /** Takes another name. A connection keeps the name it came with, so this connects anew; rooms are recovered. */
  rename(name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    if (this.#socket === undefined) return;
    this.#lose("goingAway");
    this.retry();
  }

  /** Tries now what would be tried later, or what had ended: after a log-in, or when the network is back. */
  retry(): void {
    this.#advance({ kind: "retryWanted" });
  }

  /** Leaves for good: pending requests fail, nothing is called afterwards. */
  close(): void {
    this.#requests.failAll("closed");
    this.#advance({ kind: "left" });
  }

  #roomLink() {
    const connected = () => this.#session.state.kind === "open";
    return {
      clock: this.#clock,
      report: this.#report,
      get connected() {
        return connected();
      },
      request: (request: Request) => this.#request(request),
    };
  }

  #request(request: Request): void {
    this.#requests.open(request, (frame) => this.#send(frame));
  }

  #send(frame: ClientFrame): Refusal | undefined {
    if (this.#session.state.kind !== "open") return localRefusal("notConnected", "notSent");
    const data = this.#codec.encode(frame);
    if (byteLength(data) > FRAME_BYTES_MAX) return localRefusal("tooLarge", "notSent");
    this.#socket?.send(data);
    return undefined;
  }

  /** Everything that changes the session comes through here: the state decides what to do. */
  #advance(event: SessionEvent): void {
    const before = this.#session.state;
    this.#session = sessionAfter(this.#session, event);
    const state = this.#session.state;
    if (state === before) return;
    if (state.kind !== "open") this.#letGo();
    if (state.kind === "waiting") {
      this.#stopTimer = this.#clock.after(state.delayMs, () => this.#advance({ kind: "waited" }));
    }
    for (const listener of this.#stateListeners) callSafely(() => listener(state), this.#report);
    // A listener may have closed the client or asked for a retry.
    if (this.#session.state !== state) return;
    if (state.kind === "connecting") this.#openSocket();
    if (state.kind === "open" && before.kind !== "open") this.#joinRooms();
  }

  #joinRooms(): void {
    for (const room of this.#rooms.values()) room.connected();
  }

  /** Drops socket and timers, and fails what waits for an answer. */
  #letGo(): void {
    this.#stopTimer?.();
    this.#silence.stop();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#socketTurn++;
    if (socket === undefined) return;
    socket.close(1000);
    this.#requests.failAll("disconnected");
    for (const room of this.#rooms.values()) room.disconnected();
  }

  #openSocket(): void {
    const open = this.#options.webSocket ?? openBrowserSocket;
    this.#openedAtMs = Infinity;
    this.#stopTimer = this.#clock.after(WELCOME_TIMEOUT_MS, () => this.#lose("silent"));
    // Events of a socket that was let go are void.
    const turn = ++this.#socketTurn;
    const isCurrent = () => turn === this.#socketTurn;
    this.#socket = open(this.#options.url, this.#codec.subprotocol, {
      opened: () => isCurrent() && this.#hello(),
      received: (data) => isCurrent() && this.#received(data),
      closed: (code) => isCurrent() && this.#lose(lossReason(code)),
    });
  }

  #hello(): void {
    const name = this.#name;
    this.#sendNow({ kind: "hello", version: CLIENT_PROTOCOL_VERSION, ...(name !== undefined && { name }) });
  }

  #sendNow(frame: ClientFrame): void {
    this.#socket?.send(this.#codec.encode(frame));
  }

  #lose(reason: LossReason): void {
    const openForMs = Math.max(0, this.#clock.nowMs() - this.#openedAtMs);
    const random = (this.#options.random ?? Math.random)();
    this.#advance({ kind: "lost", reason, openForMs, random });
  }

  #received(data: string | Uint8Array): void {
    this.#silence.heard();
    const frame = readServerFrame(this.#codec, data);
    if (frame === undefined) return;
    if (!this.#requests.settle(frame)) this.#handle(frame);
  }

  /** A frame that is no answer. Kinds that this version does not know are left alone: the server may be newer. */
  #handle(frame: ServerFrame): void {
    switch (frame.kind) {
      case "welcome":
        return this.#welcomed(frame);
      case "ping":
        return this.#sendNow({ kind: "pong" });
      case "drain":
        return this.#advance({ kind: "drainAnnounced", reconnectAfterMs: frame.reconnectAfterMs });
      case "notice":
        for (const listener of this.#noticeListeners) callSafely(() => listener(frame), this.#report);
        return;
      default:
        if ("room" in frame) this.#rooms.get(frame.room)?.received(frame);
    }
  }

  #welcomed({ connection, name, pingEveryMs }: ServerFrames["welcome"]): void {
    this.#stopTimer?.();
    this.#openedAtMs = this.#clock.nowMs();
    this.#silence.start(pingEveryMs * SILENT_PERIODS);
    this.#advance({ kind: "welcomed", connection, name });
  }
}

function byteLength(data: string | Uint8Array): number {
  if (typeof data !== "string") return data.byteLength;
  // A UTF-16 unit is at most three bytes: most frames need no counting.
  return data.length * 3 <= FRAME_BYTES_MAX ? data.length : new TextEncoder().encode(data).byteLength;
}
