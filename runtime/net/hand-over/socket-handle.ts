import { Server, Socket } from "node:net";
import type { RawHandle } from "./raw-handle.ts";

// All that the system takes from inside Node's sockets; a contract test fails when a new Node does any of it differently.

interface SocketInside {
  _handle: RawHandle | null;
  server: Server;
  _server: Server;
}

interface ServerInside {
  _connections: number;
  readonly _handle: { readonly onconnection: (status: number, handle: RawHandle) => void } | null;
}

/** What was taken out of a socket. */
export interface Released {
  readonly handle: RawHandle;
  readonly clientPort: number;
  /** What had been read and was not heard by anybody yet. */
  readonly unread: Buffer;
}

/** Whether a socket still has what another process could go on with. */
export function canRelease(socket: Socket): boolean {
  return inside(socket)._handle !== null && !socket.destroyed && !socket.readableEnded && socket.writable;
}

/**
 * Takes the handle out of a socket and leaves it open. For everybody who listens to the socket it is closed; what was
 * written to it and not taken by the operating system stays with the handle.
 */
export function releaseHandle(socket: Socket): Released | undefined {
  const { _handle: handle } = inside(socket);
  if (handle === null || !canRelease(socket)) return undefined;
  const { remotePort: clientPort = 0 } = socket;
  handle.readStop();
  handle.reading = false;
  handle.onread = ignore;
  inside(socket)._handle = null;
  // What is read now shall reach nobody but the caller.
  socket.removeAllListeners("data");
  const unread = allRead(socket);
  socket.destroy();
  return { handle, clientPort, unread };
}

function allRead(socket: Socket): Buffer {
  const chunks: Buffer[] = [];
  for (let chunk = read(socket); chunk !== null; chunk = read(socket)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function read(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null;
}

/** Has the operating system keep what comes. Node does not begin again by itself, because it does not know. */
export function stopReading(socket: Socket): void {
  inside(socket)._handle?.readStop();
}

/** Goes on after `stopReading`. */
export function readAgain(socket: Socket): void {
  inside(socket)._handle?.readStart();
}

/** A socket around a handle that another process has released, as if this server had accepted it; nothing is read until it is resumed. */
export function adoptHandle(server: Server, handle: RawHandle): Socket {
  const options = { handle, pauseOnCreate: true, allowHalfOpen: true, readable: true, writable: true };
  const socket = new Socket(options);
  // The server ends when its last socket has.
  (server as unknown as ServerInside)._connections++;
  inside(socket).server = server;
  inside(socket)._server = server;
  return socket;
}

/** Lets a server take a handle as a connection that has just come. False when it does not listen. */
export function acceptHandle(server: Server, handle: RawHandle): boolean {
  const listening = (server as unknown as ServerInside)._handle;
  if (listening === null) return false;
  listening.onconnection(0, handle);
  return true;
}

/** Takes no more connections, and leaves alone those that are open; an HTTP server's own `close` would end the idle ones. */
export function stopAccepting(server: Server): void {
  Server.prototype.close.call(server);
}

function inside(socket: Socket): SocketInside {
  return socket as unknown as SocketInside;
}

function ignore(): void {}
