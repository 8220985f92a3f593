import { msgpackClientCodec } from "../codec/client-msgpack.ts";
import type { FrameFormat } from "../../protocols/client-protocol.ts";
import { openWebSocket } from "../net/web-socket-client.ts";
import { Client } from "./client.ts";
import type { ConnectOptions } from "./client.ts";
import { jsonFrameCodec } from "./frame-codec.ts";

export { Client, Refusal } from "./client.ts";
export type * from "./client.ts";

/** Whom to connect to from Node, and how frames are written on the way. */
export interface NodeConnectOptions extends ConnectOptions {
  /** JSON text unless given; msgpack is smaller and takes less time. */
  readonly format?: FrameFormat;
}

/** Begins to connect, and stays connected until `close`; until then it keeps the process alive. */
export function connect({ format = "json", ...options }: NodeConnectOptions): Client {
  const codec = format === "msgpack" ? msgpackClientCodec() : jsonFrameCodec;
  return new Client({ codec, webSocket: openWebSocket, ...options });
}
