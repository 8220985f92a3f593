import { connect } from "node:net";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import { SERVER_FRAMES } from "../../protocols/client-frames.ts";
import type { ClientFrame, ServerFrame, ServerFrames } from "../../protocols/client-frames.ts";
import { SUBPROTOCOLS } from "../../protocols/client-protocol.ts";
import type { FrameFormat } from "../../protocols/client-protocol.ts";
import { frameCodec } from "../../runtime/codec/frame-codec.ts";
import { ActiveClock } from "../../runtime/time/active-clock.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 500;

interface Wanted {
  readonly kind: string;
  readonly found: (frame: ServerFrame) => void;
}

/** A client that sends frames and waits for frames, over whatever it is connected by. It understands nothing by itself. */
export class FrameClient {
  readonly name: string;
  /** What came and was not waited for yet, oldest first. */
  readonly inbox: ServerFrame[] = [];
  readonly #write: (frame: ClientFrame) => void;
  readonly #end: () => void;
  /** A test that had no time to read blames nobody for it. */
  readonly #clock = new ActiveClock(new SystemClock());
  #wanted: Wanted | undefined;
  #isClosed = false;
  /** Why the other side has ended the connection: a close code, or nothing but that it did; undefined while it is open. */
  end: string | undefined;

  private constructor(name: string, write: (frame: ClientFrame) => void, end: () => void) {
    this.name = name;
    this.#write = write;
    this.#end = end;
  }

  /** Connects by WebSocket and says hello. */
  static async webSocket(name: string, url: string, format: FrameFormat = "json"): Promise<FrameClient> {
    const socket = new WebSocket(url, [SUBPROTOCOLS[format]]);
    const codec = frameCodec(format, SERVER_FRAMES);
    const write = (frame: ClientFrame) => {
      const bytes = codec.encode(frame);
      socket.send(format === "json" ? bytes.toString() : bytes);
    };
    const client = new FrameClient(name, write, () => socket.close());
    socket.on("message", (data) => {
      const decoded = codec.decode(data as Buffer);
      if (!decoded.ok) throw new Error(`${name} got what is no frame: ${decoded.refusal.text}`);
      client.#take(decoded.frame);
    });
    socket.on("close", (code, reason) => (client.end = `${code} ${reason.toString()}`));
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return client.#hello();
  }

  /** Connects by TCP, one frame a line, and says hello. */
  static async line(name: string, port: number): Promise<FrameClient> {
    const socket = connect(port, "127.0.0.1");
    const client = new FrameClient(
      name,
      (frame) => void socket.write(`${JSON.stringify(frame)}\n`),
      () => void socket.end(),
    );
    createInterface({ input: socket }).on("line", (line) => client.#take(JSON.parse(line) as ServerFrame));
    socket.on("close", () => (client.end = "closed"));
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return client.#hello();
  }

  send(frame: ClientFrame): void {
    this.#write(frame);
  }

  /** The next frame of a kind; others that come before it stay in the inbox. @throws Error when none comes in 30 s in which this process could act */
  next<K extends keyof ServerFrames>(kind: K): Promise<ServerFrames[K]> {
    const index = this.inbox.findIndex((frame) => frame.kind === kind);
    if (index >= 0) return Promise.resolve(this.inbox.splice(index, 1)[0] as ServerFrames[K]);
    return new Promise((resolve, reject) => {
      const endMs = this.#clock.nowMs() + PATIENCE_MS;
      const look = (): void => {
        if (this.#clock.nowMs() < endMs) return void (cancel = this.#clock.after(LOOK_EVERY_MS, look));
        const instead = this.inbox.map((frame) => frame.kind).join(", ");
        reject(new Error(`${this.name} waited for "${kind}" in vain; it has: ${instead}`));
      };
      let cancel = this.#clock.after(LOOK_EVERY_MS, look);
      this.#wanted = {
        kind,
        found: (frame) => {
          cancel();
          resolve(frame as ServerFrames[K]);
        },
      };
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#end();
  }

  async #hello(): Promise<FrameClient> {
    this.send({ kind: "hello", version: 1, name: this.name });
    await this.next("welcome");
    return this;
  }

  #take(frame: ServerFrame): void {
    if (this.#isClosed) return;
    if (frame.kind === "ping") return this.send({ kind: "pong" });
    const wanted = this.#wanted;
    if (wanted?.kind !== frame.kind) return void this.inbox.push(frame);
    this.#wanted = undefined;
    wanted.found(frame);
  }
}
