import { Packr } from "msgpackr";
import { SUBPROTOCOLS } from "../../protocols/client-protocol.ts";
import type { FrameCodec } from "../client/frame-codec.ts";
import { FRAME_PACKING } from "./frame-packing.ts";

/**
 * Frames as msgpack, for the client's end. They are not held against the schemas there: a newer server may say more than
 * this client knows, and that must not cost it the frame.
 */
export function msgpackClientCodec(): FrameCodec {
  const packr = new Packr({ ...FRAME_PACKING });
  return {
    subprotocol: SUBPROTOCOLS.msgpack,
    encode: (frame) => packr.pack(frame),
    decode(data) {
      if (typeof data === "string") throw new TypeError("a msgpack frame is binary, not text");
      return packr.unpack(data);
    },
  };
}
