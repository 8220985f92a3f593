import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** What a refusal says, on every door. */
export interface HttpRefusal {
  readonly status: number;
  readonly code: string;
  readonly text: string;
  /** The offending field as a JSON pointer. */
  readonly field?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers on a socket that no HTTP response object stands for, and closes it. */
export function refuseSocket(socket: Duplex, refusal: HttpRefusal): void {
  const { status, headers, ...body } = refusal;
  const json = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "connection: close",
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(json)}`,
    ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ];
  // The socket may be gone already; nobody is left to tell then.
  socket.on("error", () => {});
  socket.once("finish", () => socket.destroy());
  socket.end(`${lines.join("\r\n")}\r\n\r\n${json}`);
}
