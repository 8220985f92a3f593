import type { ClientSocket, SocketEvents } from "./client-socket.ts";

/** The part of the platform's WebSocket that is used here: the same in browsers, in Deno and in newer Nodes. */
interface PlatformSocket {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  send(data: string | Uint8Array): void;
  close(code: number): void;
}
type PlatformConstructor = new (url: string, subprotocol: string) => PlatformSocket;

/**
 * Opens the platform's own WebSocket, as browsers have it.
 * @throws TypeError when the platform has none: hand `connect` a `webSocket` there.
 */
export function openBrowserSocket(url: string, subprotocol: string, events: SocketEvents): ClientSocket {
  const Platform = (globalThis as { WebSocket?: unknown }).WebSocket as PlatformConstructor | undefined;
  if (Platform === undefined) {
    throw new TypeError("connect: this platform has no WebSocket; give `webSocket`");
  }
  const socket = new Platform(url, subprotocol);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => events.opened();
  socket.onmessage = ({ data }) =>
    events.received(data instanceof ArrayBuffer ? new Uint8Array(data) : String(data));
  // A platform tells an error by closing: `error` says nothing that `close` does not.
  socket.onclose = ({ code }) => events.closed(code);
  return socket;
}
