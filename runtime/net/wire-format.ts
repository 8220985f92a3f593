import type { ServerFrame } from "../../protocols/client-frames.ts";
import type { Framing } from "./framing.ts";
import { OPCODE, webSocketFrame, webSocketTextFrame } from "./web-socket-frame.ts";

/**
 * How one kind of connection writes: the notation of frames and the envelope of bytes, as one step. Connections that
 * write alike share one format object, so that a broadcast is encoded once for all of them.
 */
export interface WireFormat {
  /** For operators, such as `webSocket json`. */
  readonly name: string;
  frame(frame: ServerFrame): Buffer;
  text(text: string): Buffer;
  /** Asks for a sign of life below the client protocol, where the wire has such a thing. */
  ping(): Buffer | undefined;
}

/** Writes frames of the client protocol. */
export type EncodeFrame = (frame: ServerFrame) => Buffer;

/** JSON in text frames. */
export function webSocketJson(): WireFormat {
  return {
    name: "webSocket json",
    frame: (frame) => webSocketTextFrame(JSON.stringify(frame)),
    text: webSocketTextFrame,
    ping: () => webSocketFrame(OPCODE.ping, NOTHING),
  };
}

/** msgpack in binary frames. */
export function webSocketMsgpack(encode: EncodeFrame): WireFormat {
  return {
    name: "webSocket msgpack",
    frame: (frame) => webSocketFrame(OPCODE.binary, encode(frame)),
    text: webSocketTextFrame,
    ping: () => webSocketFrame(OPCODE.ping, NOTHING),
  };
}

/** JSON in a framing of TCP. */
export function tcpJson(framing: Framing): WireFormat {
  const text = (content: string): Buffer => framing.encode(Buffer.from(content));
  return {
    name: `tcp ${framing.name}`,
    frame: (frame) => text(JSON.stringify(frame)),
    text,
    ping: () => undefined,
  };
}

const NOTHING = Buffer.alloc(0);
