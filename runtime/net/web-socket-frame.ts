import { Buffer } from "node:buffer";

/** The kinds of WebSocket frame that a server sends whole (RFC 6455, section 5.2). */
export const OPCODE = { text: 0x1, binary: 0x2, ping: 0x9, pong: 0xa } as const;

const FINAL = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** A whole frame from server to client, which is never masked. Pure. */
export function webSocketFrame(opcode: number, payload: Uint8Array): Buffer {
  const header = headerBytes(payload.length);
  const frame = Buffer.allocUnsafe(header + payload.length);
  writeHeader(frame, opcode, payload.length);
  frame.set(payload, header);
  return frame;
}

/** As `webSocketFrame`, straight from a text. Pure. */
export function webSocketTextFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = headerBytes(length);
  const frame = Buffer.allocUnsafe(header + length);
  writeHeader(frame, OPCODE.text, length);
  // A text of as many bytes as characters is ASCII, which is written much faster when it is said.
  frame.write(text, header, length === text.length ? "latin1" : "utf8");
  return frame;
}

/** How a frame says its length, without the mask's bit. Pure. */
export function lengthBytes(length: number): Buffer {
  const header = Buffer.alloc(headerBytes(length));
  writeHeader(header, 0, length);
  return header.subarray(1);
}

function headerBytes(length: number): number {
  if (length < LENGTH_16) return 2;
  return length < 65_536 ? 4 : 10;
}

function writeHeader(frame: Buffer, opcode: number, length: number): void {
  frame[0] = FINAL | opcode;
  if (length < LENGTH_16) {
    frame[1] = length;
  } else if (length < 65_536) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
}
