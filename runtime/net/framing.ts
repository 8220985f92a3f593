/** What lies at the front of the bytes of a stream. */
export type Taken =
  | {
      readonly kind: "frame";
      /** A view of the bytes, without its envelope. */
      readonly frame: Buffer;
      /** How many bytes the frame took with its envelope. */
      readonly used: number;
    }
  /** The rest of the frame is still to come. */
  | { readonly kind: "partial" }
  /** What follows cannot be read any more. */
  | { readonly kind: "refused"; readonly text: string };

/** How frames stand in a stream of bytes. Nothing is guessed: each port has its framing. Pure. */
export interface Framing {
  readonly name: "length" | "line";
  /**
   * Looks at the front of `bytes`.
   * @param searched how many bytes an earlier look has found to hold no end
   */
  take(bytes: Buffer, searched: number, frameBytesMax: number): Taken;
  /** A payload in its envelope. */
  encode(payload: Buffer): Buffer;
  /** The most bytes that one frame of `frameBytesMax` may keep waiting, in bytes. */
  limits(frameBytesMax: number): number;
}

const LENGTH_BYTES = 4;

/** A 4-byte big-endian length, then as many bytes. */
export const LENGTH_FRAMING: Framing = {
  name: "length",
  take(bytes, _searched, frameBytesMax) {
    if (bytes.length < LENGTH_BYTES) return PARTIAL;
    const length = bytes.readUInt32BE(0);
    if (length > frameBytesMax) return tooLarge(frameBytesMax);
    const used = LENGTH_BYTES + length;
    return bytes.length < used ? PARTIAL : { kind: "frame", frame: bytes.subarray(LENGTH_BYTES, used), used };
  },
  encode(payload) {
    const framed = Buffer.allocUnsafe(LENGTH_BYTES + payload.length);
    framed.writeUInt32BE(payload.length, 0);
    framed.set(payload, LENGTH_BYTES);
    return framed;
  },
  limits: (frameBytesMax) => LENGTH_BYTES + frameBytesMax,
};

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** One frame a line, which ends in LF or CRLF. JSON never holds a bare line end. */
export const LINE_FRAMING: Framing = {
  name: "line",
  take(bytes, searched, frameBytesMax) {
    const end = bytes.indexOf(LINE_FEED, searched);
    if (end < 0) return bytes.length > this.limits(frameBytesMax) - 1 ? tooLarge(frameBytesMax) : PARTIAL;
    const length = end > 0 && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    if (length > frameBytesMax) return tooLarge(frameBytesMax);
    return { kind: "frame", frame: bytes.subarray(0, length), used: end + 1 };
  },
  encode(payload) {
    const framed = Buffer.allocUnsafe(payload.length + 1);
    framed.set(payload, 0);
    framed[payload.length] = LINE_FEED;
    return framed;
  },
  limits: (frameBytesMax) => frameBytesMax + 2,
};

/** The framings by the name that a listener's settings use. */
export const FRAMINGS = { length: LENGTH_FRAMING, line: LINE_FRAMING } as const;

const PARTIAL: Taken = { kind: "partial" };

function tooLarge(frameBytesMax: number): Taken {
  return { kind: "refused", text: `a frame may have ${frameBytesMax} bytes` };
}
