import type { Socket } from "node:net";
import type { Dialect, Dialects } from "../dialect.ts";
import { FRAMINGS } from "../framing.ts";
import { TcpWire } from "../tcp-wire.ts";
import { WebSocketWire } from "../web-socket-wire.ts";
import { webSocketOptions } from "../web-socket-options.ts";
import type { Wire } from "../wire.ts";
import { adoptWebSocket } from "../ws-internals.ts";
import type { MovedConnection } from "./moved-connection.ts";

/** What a moved connection speaks here. */
export interface Speech {
  readonly dialects: Dialects;
  readonly protocol: "v1" | "text";
  readonly frameBytes: number;
}

/** A wire that goes on where the one of another process has stopped, and what is spoken over it. Nothing is read until it resumes. */
export function rewire(
  socket: Socket,
  { wire, unread }: MovedConnection,
  { dialects, protocol, frameBytes }: Speech,
): { readonly wire: Wire; readonly dialect: Dialect } {
  // What was read there is read here first. A copy, because ws unmasks in place, and the message may be needed again.
  const bytes = Buffer.from(unread);
  if (wire.kind === "webSocket") {
    const { subprotocol } = wire;
    const options = webSocketOptions(frameBytes);
    const webSocket = adoptWebSocket({ socket, subprotocol, unread: bytes, options });
    return { wire: new WebSocketWire(webSocket), dialect: dialects.webSocket(protocol, subprotocol) };
  }
  if (bytes.length > 0) socket.unshift(bytes);
  const dialect = dialects.tcp(protocol, wire.framing);
  const shape = { framing: FRAMINGS[wire.framing], format: dialect.format, frameBytes };
  return { wire: new TcpWire(socket, shape), dialect };
}
