import type { ClientFrame } from "../../protocols/client-frames.ts";
import { CLIENT_FRAMES } from "../../protocols/client-frames.ts";
import { SUBPROTOCOLS } from "../../protocols/client-protocol.ts";
import type { FrameFormat } from "../../protocols/client-protocol.ts";
import type { ConnectionProtocol } from "../../protocols/connection.ts";
import type { Tell } from "../../protocols/protocol.ts";
import { frameCodec } from "../codec/frame-codec.ts";
import type { FrameCodec } from "../codec/frame-codec.ts";
import { FRAMINGS } from "./framing.ts";
import type { Framing } from "./framing.ts";
import { tcpJson, webSocketJson, webSocketMsgpack } from "./wire-format.ts";
import type { WireFormat } from "./wire-format.ts";

/** Turns the bytes of one frame into what is said to the connection's actor. Never throws. */
export type ReadFrame = (bytes: Buffer, binary: boolean) => Tell<ConnectionProtocol>;

/** How one kind of connection reads and writes. */
export interface Dialect {
  readonly format: WireFormat;
  readonly read: ReadFrame;
}

/** The dialects of a gateway, built once: whoever writes alike shares a format. */
export class Dialects {
  readonly #webSocket: Readonly<Record<FrameFormat, Dialect>>;
  readonly #tcp: Readonly<Record<Framing["name"], Dialect>>;
  readonly #webSocketText: Dialect;
  readonly #tcpText: Readonly<Record<Framing["name"], Dialect>>;

  constructor() {
    const json = frameCodec("json", CLIENT_FRAMES);
    const msgpack = frameCodec("msgpack", CLIENT_FRAMES);
    const jsonFormat = webSocketJson();
    const lengthFormat = tcpJson(FRAMINGS.length);
    const lineFormat = tcpJson(FRAMINGS.line);
    this.#webSocket = {
      json: { format: jsonFormat, read: textFrames(json) },
      msgpack: { format: webSocketMsgpack((frame) => msgpack.encode(frame)), read: binaryFrames(msgpack) },
    };
    this.#tcp = {
      length: { format: lengthFormat, read: textFrames(json) },
      line: { format: lineFormat, read: textFrames(json) },
    };
    this.#webSocketText = { format: jsonFormat, read: readText };
    this.#tcpText = {
      length: { format: lengthFormat, read: readText },
      line: { format: lineFormat, read: readText },
    };
  }

  /** The dialect of a WebSocket; JSON unless its subprotocol says otherwise. */
  webSocket(protocol: "v1" | "text", subprotocol: string): Dialect {
    if (protocol === "text") return this.#webSocketText;
    return subprotocol === SUBPROTOCOLS.msgpack ? this.#webSocket.msgpack : this.#webSocket.json;
  }

  /** The dialect of a TCP connection. */
  tcp(protocol: "v1" | "text", framing: Framing["name"]): Dialect {
    return (protocol === "text" ? this.#tcpText : this.#tcp)[framing];
  }
}

function textFrames(codec: FrameCodec<ClientFrame>): ReadFrame {
  return (bytes, binary) => (binary ? BINARY_REFUSED : decoded(codec, bytes));
}

function binaryFrames(codec: FrameCodec<ClientFrame>): ReadFrame {
  return (bytes, binary) => decoded(codec, binary ? bytes : bytes.toString());
}

function readText(bytes: Buffer, binary: boolean): Tell<ConnectionProtocol> {
  return binary ? BINARY_REFUSED : { kind: "text", text: bytes.toString() };
}

function decoded(codec: FrameCodec<ClientFrame>, bytes: Buffer | string): Tell<ConnectionProtocol> {
  const result = codec.decode(bytes);
  return result.ok ? { kind: "frame", frame: result.frame } : { kind: "malformed", refusal: result.refusal };
}

const BINARY_REFUSED: Tell<ConnectionProtocol> = {
  kind: "malformed",
  refusal: { code: "binaryOnText", text: "this connection speaks text; a binary frame says nothing here" },
};
