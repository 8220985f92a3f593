import { isUtf8 } from "node:buffer";
import { Packr } from "msgpackr";
import type { ClientFrame, ServerFrame } from "../../protocols/client-frames.ts";
import type { FrameFormat } from "../../protocols/client-protocol.ts";
import type { FrameRefusal } from "../../protocols/connection.ts";
import type { Fields } from "../../protocols/protocol.ts";
import { isWithinDepth } from "./depth.ts";
import { FRAME_PACKING } from "./frame-packing.ts";
import { outlineFault } from "./msgpack-outline.ts";
import { compileMessages } from "./validator.ts";
import type { MessageIn, Validate } from "./validator.ts";

/** How many containers a frame may nest, itself included. */
export const FRAME_DEPTH_MAX = 32;

/** A frame from the wire, understood or not. */
export type DecodedFrame<Frame> =
  | { readonly ok: true; readonly frame: Frame }
  | { readonly ok: false; readonly refusal: FrameRefusal };

/** Reads and writes frames of the client protocol in one format. How large a frame may be is for the door to say, before it decodes. */
export interface FrameCodec<Frame> {
  /** Never throws: what is not a frame is a refusal that says why. */
  decode(bytes: Buffer | string): DecodedFrame<Frame>;
  encode(frame: ClientFrame | ServerFrame): Buffer;
}

/**
 * The codec of one end of a connection: `incoming` holds the frames that the other end may send, `CLIENT_FRAMES` at the
 * gateway.
 */
export function frameCodec<const Table extends Readonly<Record<string, Fields>>>(
  format: FrameFormat,
  incoming: Table,
): FrameCodec<MessageIn<Table>> {
  const validate = compileMessages(incoming);
  return format === "json" ? new JsonFrames(validate) : new MsgpackFrames(validate);
}

class JsonFrames<Frame> implements FrameCodec<Frame> {
  readonly #validate: Validate<Frame>;

  constructor(validate: Validate<Frame>) {
    this.#validate = validate;
  }

  decode(bytes: Buffer | string): DecodedFrame<Frame> {
    if (typeof bytes !== "string" && !isUtf8(bytes)) {
      return refused("notUtf8", "the frame is not valid UTF-8");
    }
    let value: unknown;
    try {
      value = JSON.parse(typeof bytes === "string" ? bytes : bytes.toString());
    } catch {
      return refused("notJson", "the frame is not valid JSON");
    }
    return isWithinDepth(value, FRAME_DEPTH_MAX) ? checked(value, this.#validate) : tooDeep();
  }

  encode(frame: ClientFrame | ServerFrame): Buffer {
    return Buffer.from(JSON.stringify(frame));
  }
}

class MsgpackFrames<Frame> implements FrameCodec<Frame> {
  readonly #validate: Validate<Frame>;
  readonly #packr = new Packr({ ...FRAME_PACKING });

  constructor(validate: Validate<Frame>) {
    this.#validate = validate;
  }

  decode(bytes: Buffer | string): DecodedFrame<Frame> {
    if (typeof bytes === "string") return refused("notMsgpack", "a msgpack frame is binary, not text");
    switch (outlineFault(bytes, FRAME_DEPTH_MAX)) {
      case "tooDeep":
        return tooDeep();
      case "notPlain":
        return refused(
          "notMsgpack",
          "the frame holds what JSON cannot say: a binary, an extension or a key that is no text",
        );
      case "notOneValue":
        return refused("notMsgpack", "the frame is not exactly one msgpack value");
      case undefined:
        return this.#unpack(bytes);
    }
  }

  encode(frame: ClientFrame | ServerFrame): Buffer {
    return this.#packr.pack(frame);
  }

  #unpack(bytes: Buffer): DecodedFrame<Frame> {
    let value: unknown;
    try {
      value = this.#packr.unpack(bytes);
    } catch {
      return refused("notMsgpack", "the frame is not valid msgpack");
    }
    return checked(value, this.#validate);
  }
}

function checked<Frame>(value: unknown, validate: Validate<Frame>): DecodedFrame<Frame> {
  const validation = validate(value);
  if (validation.ok) return { ok: true, frame: validation.message };
  const { code, field, text } = validation;
  return { ok: false, refusal: { ...idOf(value), code, field, text } };
}

// Only an id that the client may choose comes back, so that the refusal itself is a valid frame.
function idOf(value: unknown): { readonly id?: number } {
  const id: unknown = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  return typeof id === "number" && Number.isInteger(id) && id >= 0 ? { id } : {};
}

function tooDeep(): DecodedFrame<never> {
  return refused("tooDeep", `the frame nests more than ${FRAME_DEPTH_MAX} objects and arrays`);
}

function refused(code: string, text: string): DecodedFrame<never> {
  return { ok: false, refusal: { code, text } };
}
