import { connect } from "node:net";
import type { Socket } from "node:net";
import { once } from "node:events";
import { WebSocket } from "ws";
import { SERVER_FRAMES } from "../../protocols/client-frames.ts";
import type { ServerFrame, ServerFrames } from "../../protocols/client-frames.ts";
import { SUBPROTOCOLS } from "../../protocols/client-protocol.ts";
import type { FrameFormat } from "../../protocols/client-protocol.ts";
import { frameCodec } from "../../runtime/codec/frame-codec.ts";
import { FrameStream } from "../../runtime/net/frame-stream.ts";
import { FRAMINGS } from "../../runtime/net/framing.ts";
import type { Framing } from "../../runtime/net/framing.ts";
import { webSocketFrame } from "../../runtime/net/web-socket-frame.ts";
import { rawSocket } from "../../runtime/net/ws-internals.ts";

const PATIENCE_MS = 30_000;
const FRAME_BYTES_MAX = 1_000_000;

/** A WebSocket frame as a client sends it; a mask of zeros leaves the payload as it is. */
export function clientFrame(opcode: number, payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload);
  const frame = webSocketFrame(opcode, bytes);
  const header = frame.length - bytes.length;
  frame[1] = (frame[1] ?? 0) | 0x80;
  return Buffer.concat([frame.subarray(0, header), Buffer.alloc(4), bytes]);
}

/** A client that says whatever the test wants, byte for byte, and keeps what it is answered. It answers no pings of the protocol. */
export class RawClient {
  /** What came and was not waited for yet, oldest first. */
  readonly inbox: ServerFrame[] = [];
  /** The socket under the connection, for bytes that no library would send. */
  readonly socket: Socket;
  /** Sends a whole message: over WebSocket a text or a binary one, over TCP the bytes as they are. */
  readonly say: (message: string | Buffer) => void;
  #end: { readonly code: number | undefined } | undefined;
  #wake = (): void => undefined;

  private constructor(
    socket: Socket,
    say: (message: string | Buffer) => void,
    ended: Promise<number | undefined>,
  ) {
    this.socket = socket;
    this.say = say;
    void ended.then((code) => {
      this.#end = { code };
      this.#wake();
    });
  }

  /** Connects by WebSocket. */
  static async webSocket(url: string, format: FrameFormat = "json"): Promise<RawClient> {
    const webSocket = new WebSocket(url, [SUBPROTOCOLS[format]]);
    const codec = frameCodec(format, SERVER_FRAMES);
    // Frames may come in one read with the answer to the handshake.
    const early: ServerFrame[] = [];
    let take = (frame: ServerFrame): void => void early.push(frame);
    webSocket.on("message", (data) => {
      const decoded = codec.decode(data as Buffer);
      if (decoded.ok) take(decoded.frame);
    });
    await once(webSocket, "open");
    const ended = new Promise<number>((resolve) => webSocket.once("close", resolve));
    // What the test does to the socket may well break it.
    webSocket.on("error", () => {});
    const client = new RawClient(rawSocket(webSocket), (message) => webSocket.send(message), ended);
    take = (frame) => client.#take(frame);
    early.forEach(take);
    return client;
  }

  /** Connects by TCP. */
  static async tcp(port: number, framing: Framing["name"]): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    await once(socket, "connect");
    const ended = new Promise<undefined>((resolve) => {
      socket.once("end", () => socket.end()).once("close", () => resolve(undefined));
    });
    socket.on("error", () => {});
    const client = new RawClient(socket, (message) => void socket.write(message), ended);
    const frames = new FrameStream(FRAMINGS[framing], FRAME_BYTES_MAX);
    socket.on("data", (chunk) => {
      frames.push(chunk, (frame) => client.#take(JSON.parse(frame.toString()) as ServerFrame));
    });
    return client;
  }

  /** The next frame of a kind; those before it stay in the inbox. @throws Error when none comes in 30 s or before the end */
  next<K extends keyof ServerFrames>(kind: K): Promise<ServerFrames[K]> {
    return this.#until(`a "${kind}"`, () => {
      const index = this.inbox.findIndex((frame) => frame.kind === kind);
      return index < 0 ? undefined : (this.inbox.splice(index, 1)[0] as ServerFrames[K]);
    });
  }

  /** Waits for the end, and answers the code of the WebSocket's close; undefined over TCP, which has none. @throws Error after 30 s */
  async ended(): Promise<number | undefined> {
    const { code } = await this.#until("the end", () => this.#end);
    return code;
  }

  /** Breaks the connection without a word. */
  destroy(): void {
    this.socket.resetAndDestroy();
  }

  async #until<T>(what: string, look: () => T | undefined): Promise<T> {
    const endMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.#end !== undefined || performance.now() > endMs) {
        throw new Error(`${what} did not come; there is: ${JSON.stringify(this.inbox)}`);
      }
      await this.#news(endMs - performance.now());
    }
  }

  #news(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, withinMs);
      this.#wake = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  }

  #take(frame: ServerFrame): void {
    this.inbox.push(frame);
    this.#wake();
  }
}
