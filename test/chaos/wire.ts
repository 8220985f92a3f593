import { connect } from "node:net";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import type { ClientFrame, ServerFrame } from "../../protocols/client-frames.ts";
import { SUBPROTOCOLS } from "../../protocols/client-protocol.ts";

/** A connection that carries frames as JSON; what it is made of does not matter to who talks over it. */
export interface Wire {
  send(frame: ClientFrame): void;
  end(): void;
}

/** Who hears what comes over a wire. */
export interface WireEvents {
  readonly onFrame: (frame: ServerFrame) => void;
  /** It has ended, whoever ended it. */
  readonly onClose: (why: string) => void;
}

/** Connects by WebSocket. */
export async function webSocketWire(url: string, { onFrame, onClose }: WireEvents): Promise<Wire> {
  const socket = new WebSocket(url, [SUBPROTOCOLS.json]);
  socket.on("message", (data: Buffer) => onFrame(JSON.parse(data.toString()) as ServerFrame));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  socket.on("error", () => undefined);
  socket.on("close", (code, reason) => onClose(`WebSocket closed with ${code} ${reason.toString()}`));
  return { send: (frame) => socket.send(JSON.stringify(frame)), end: () => socket.close() };
}

/** Connects by TCP, one frame a line. */
export async function lineWire(port: number, { onFrame, onClose }: WireEvents): Promise<Wire> {
  const socket = connect(port, "127.0.0.1");
  createInterface({ input: socket }).on("line", (line) => onFrame(JSON.parse(line) as ServerFrame));
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  socket.on("error", () => undefined);
  socket.on("close", () => onClose("TCP connection closed"));
  return {
    send: (frame) => void (socket.writable && socket.write(`${JSON.stringify(frame)}\n`)),
    end: () => void socket.end(),
  };
}
