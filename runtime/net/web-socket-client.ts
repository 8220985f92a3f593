import { WebSocket } from "ws";
import type { OpenSocket } from "../client/client-socket.ts";

/** The largest message that is taken from a gateway, in bytes: a whole history fits in. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

/** Opens a WebSocket from Node, for the client SDK. */
export const openWebSocket: OpenSocket = (url, subprotocol, events) => {
  const socket = new WebSocket(url, subprotocol, { maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false });
  socket.binaryType = "nodebuffer";
  socket.on("open", () => events.opened());
  socket.on("message", (data: Buffer, isBinary) => events.received(isBinary ? data : data.toString("utf8")));
  // An error is always followed by `close`, which says all that the session needs; unheard it would end the process.
  socket.on("error", () => {});
  socket.on("close", (code) => events.closed(code));
  return socket;
};
