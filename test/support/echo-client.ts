import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { WebSocket } from "ws";
import { FrameStream } from "../../runtime/net/frame-stream.ts";
import { FRAMINGS } from "../../runtime/net/framing.ts";
import type { Framing } from "../../runtime/net/framing.ts";
import { rawSocket } from "../../runtime/net/ws-internals.ts";

const TEXT_BYTES_MAX = 2_000_000;

/** A client of a route that says back what it is told in plain text, with the socket under it for bytes that no library would send. */
export class EchoClient {
  readonly socket: Socket;
  /** Every text that came back, in order. */
  readonly heard: string[] = [];
  /** How the connection ended, if it has. */
  end: string | undefined = undefined;
  readonly say: (text: string) => void;

  private constructor(socket: Socket, say: (text: string) => void) {
    this.socket = socket;
    this.say = say;
  }

  static async webSocket(url: string): Promise<EchoClient> {
    // A pong of its own would fall into the middle of what the test sends in pieces.
    const webSocket = new WebSocket(url, { perMessageDeflate: false, autoPong: false });
    await once(webSocket, "open");
    const client = new EchoClient(rawSocket(webSocket), (text) => webSocket.send(text));
    webSocket.on("message", (data: Buffer) => void client.heard.push(data.toString()));
    webSocket.on("error", () => {});
    webSocket.on("close", (code) => (client.end = `closed with ${code}`));
    return client;
  }

  static async tcp(port: number, framing: Framing["name"]): Promise<EchoClient> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const say = (text: string): void => void socket.write(FRAMINGS[framing].encode(Buffer.from(text)));
    const client = new EchoClient(socket, say);
    const frames = new FrameStream(FRAMINGS[framing], TEXT_BYTES_MAX);
    socket.on("data", (chunk) => {
      const refusal = frames.push(chunk, (frame) => void client.heard.push(frame.toString()));
      if (refusal !== undefined) client.end = refusal;
    });
    socket.on("error", () => {});
    socket.on("close", () => (client.end ??= "closed"));
    return client;
  }

  destroy(): void {
    this.socket.destroy();
  }
}
