import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

const OPCODE = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;
const FINAL = 0x80;
const MASKED = 0x80;
/** Zeros leave the payload as it is. */
const NO_MASK = [0, 0, 0, 0];
/** Payloads up to this length, in bytes, say their length in one byte, those up to 65,535 in two more. */
const SHORT_MAX = 125;
const LENGTH_16 = 126;
const HEAD_END = "\r\n\r\n";

/**
 * A WebSocket client that costs next to nothing, because it shares the processors with what is measured. It speaks whole
 * text frames of up to 64 KiB, and answers pings.
 */
export class LeanWebSocket {
  readonly #socket: Socket;
  #unread: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #isOpen = true;
  onText: (text: string) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("close", () => (this.#isOpen = false));
  }

  /** @throws Error when the server answers with anything but a WebSocket */
  static async open(url: URL, subprotocol: string | undefined): Promise<LeanWebSocket> {
    const socket = connect(Number(url.port), url.hostname).setNoDelay();
    socket.on("error", () => {});
    socket.write(request(url, subprotocol));
    const [head] = (await once(socket, "data")) as [Buffer];
    const end = head.indexOf(HEAD_END);
    if (!head.toString("latin1").startsWith("HTTP/1.1 101 ") || end < 0) {
      throw new Error(`not a WebSocket: ${head.toString("latin1")}`);
    }
    const opened = new LeanWebSocket(socket);
    opened.#unread = head.subarray(end + HEAD_END.length);
    return opened;
  }

  /** Whether nobody has closed it. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(text: string): void {
    this.#write(OPCODE.text, Buffer.from(text));
  }

  terminate(): void {
    this.#socket.destroy();
  }

  #write(opcode: number, payload: Buffer): void {
    const { length } = payload;
    const size = length <= SHORT_MAX ? [MASKED | length] : [MASKED | LENGTH_16, length >> 8, length & 0xff];
    this.#socket.write(Buffer.concat([Buffer.from([FINAL | opcode, ...size, ...NO_MASK]), payload]));
  }

  #read(chunk: Buffer): void {
    let rest = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    for (let size = this.#readFrame(rest); size > 0; size = this.#readFrame(rest)) rest = rest.subarray(size);
    this.#unread = rest;
  }

  /** Answers how many bytes the first frame takes; 0 when it is not whole. */
  #readFrame(bytes: Buffer): number {
    const short = bytes[1];
    const begin = short === LENGTH_16 ? 4 : 2;
    if (short === undefined || bytes.length < begin) return 0;
    const end = begin + (short === LENGTH_16 ? bytes.readUInt16BE(2) : short);
    if (bytes.length < end) return 0;
    this.#hear((bytes[0] ?? 0) & ~FINAL, bytes.subarray(begin, end));
    return end;
  }

  #hear(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.text) this.onText(payload.toString());
    else if (opcode === OPCODE.ping) this.#write(OPCODE.pong, payload);
    else if (opcode === OPCODE.close) this.#isOpen = false;
  }
}

function request({ host, pathname }: URL, subprotocol: string | undefined): string {
  const head = [
    `GET ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
  ];
  return head.join("\r\n") + HEAD_END;
}
