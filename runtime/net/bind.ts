import { once } from "node:events";
import type { Server } from "node:net";
import { Fault } from "../fault.ts";
import type { RawHandle } from "./hand-over/raw-handle.ts";

/** Connections that may wait to be accepted while the loop is busy. */
export const ACCEPT_BACKLOG = 4_096;

/** Where a port listens. */
export interface PortAddress {
  /** What operators call the listener. */
  readonly name: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/**
 * Has the socket of a port made somewhere else, where it stays bound whatever becomes of this process.
 * Rejects with the operating system's error when the port is in use.
 */
export type BindSocket = (address: PortAddress) => Promise<RawHandle>;

/** What binding a port may end in. @throws Fault `portTaken`, which names listener and port, or the error itself */
export async function bound<T>({ name, host, port }: PortAddress, listening: Promise<T>): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Fault("portTaken", { listener: name, host, port }, { cause: error });
  }
}

/** Has a server listen on a socket of its own, or on one that is made for it. @throws Fault `portTaken` */
export async function listen(
  server: Server,
  address: PortAddress,
  bindSocket: BindSocket | undefined,
): Promise<void> {
  const { host, port } = address;
  const backlog = ACCEPT_BACKLOG;
  if (bindSocket === undefined) server.listen({ host, port, backlog });
  else server.listen(await bound(address, bindSocket(address)), backlog);
  await bound(address, once(server, "listening"));
}
