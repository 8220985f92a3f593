import { SUBPROTOCOLS } from "../../protocols/client-protocol.ts";
import type { ClientFrame, ServerFrame } from "../../protocols/client-frames.ts";

/** How the client writes and reads frames. */
export interface FrameCodec {
  readonly subprotocol: string;
  encode(frame: ClientFrame): string | Uint8Array;
  /** @throws when the data is no value of this format */
  decode(data: string | Uint8Array): unknown;
}

/** Frames as JSON text: what every platform can speak. */
export const jsonFrameCodec: FrameCodec = {
  subprotocol: SUBPROTOCOLS.json,
  encode: (frame) => JSON.stringify(frame),
  decode: (data) => JSON.parse(typeof data === "string" ? data : new TextDecoder().decode(data)),
};

/** A frame as it came from the wire, or nothing when it is none: the server is trusted, a proxy on the way is not. */
export function readServerFrame(codec: FrameCodec, data: string | Uint8Array): ServerFrame | undefined {
  try {
    const value = codec.decode(data);
    return isFrame(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFrame(value: unknown): value is ServerFrame {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}
