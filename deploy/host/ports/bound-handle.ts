import { lookup } from "node:dns/promises";
import net from "node:net";
import { getSystemErrorMap } from "node:util";
import type { RawHandle } from "../../../runtime/net/hand-over/raw-handle.ts";

/** A bound TCP socket. */
interface BoundHandle extends RawHandle {
  /** Fills in the address; answers an error number, or 0. */
  getsockname(address: { port?: number }): number;
}

interface NetInternals {
  /** The socket, or an error number. Node's own cluster module binds with it. */
  _createServerHandle(address: string, port: number, addressType: 4 | 6): BoundHandle | number;
}

/** A port could not be bound; named like the error of a server that tries to listen itself. */
export class BindError extends Error {
  override readonly name = "BindError";
  readonly code: string;
  readonly syscall: string;

  constructor(code: string, message: string, syscall = "listen") {
    super(message);
    this.code = code;
    this.syscall = syscall;
  }
}

/** Binds a TCP port; nobody listens on it yet. @throws BindError */
export async function bindPort(host: string, port: number): Promise<RawHandle> {
  const { address, family } = await addressOf(host);
  const handle = (net as unknown as NetInternals)._createServerHandle(address, port, family);
  if (typeof handle === "number") throw bindError(handle, host, port);
  // A port in use shows only when the socket is asked for its name; listening would take a random one instead.
  const error = handle.getsockname({});
  if (error === 0) return handle;
  handle.close();
  throw bindError(error, host, port);
}

async function addressOf(host: string): Promise<{ address: string; family: 4 | 6 }> {
  const family = net.isIP(host);
  if (family === 4 || family === 6) return { address: host, family };
  try {
    const found = await lookup(host);
    return { address: found.address, family: found.family === 6 ? 6 : 4 };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BindError(code ?? "ENOTFOUND", message, "getaddrinfo");
  }
}

function bindError(errno: number, host: string, port: number): BindError {
  const [code, text] = getSystemErrorMap().get(errno) ?? [`errno ${errno}`, "cannot be bound"];
  return new BindError(code, `listen ${code}: ${text} ${host}:${port}`);
}
