import type { RawHandle } from "../../../runtime/net/hand-over/raw-handle.ts";
import { bindPort } from "./bound-handle.ts";

/** What a worker asks for: a listener's address. */
export interface WantedPort {
  readonly listener: string;
  readonly host: string;
  /** 0 takes any free one, and the same one as long as the host lives. */
  readonly port: number;
}

/**
 * The listening sockets, which belong to the host: they outlive every worker, so that a client that comes while there is
 * none waits in the backlog and is not refused. The host itself never accepts.
 */
export class ListeningHandles {
  readonly #handles = new Map<string, Promise<RawHandle>>();

  /** The socket of a port, bound at the first call. @throws BindError */
  async of(wanted: WantedPort): Promise<RawHandle> {
    const key = portKey(wanted);
    const known = this.#handles.get(key);
    if (known !== undefined) return known;
    const binding = bindPort(wanted.host, wanted.port);
    this.#handles.set(key, binding);
    try {
      return await binding;
    } catch (error) {
      this.#handles.delete(key);
      throw error;
    }
  }

  /** Closes all that are not among these: the settings of another worker may name other ports. */
  keepOnly(wanted: readonly WantedPort[]): void {
    const kept = new Set(wanted.map(portKey));
    for (const [key, binding] of this.#handles) {
      if (kept.has(key)) continue;
      this.#handles.delete(key);
      // One that could not be bound is told to whoever asked for it.
      binding.then(
        (handle) => handle.close(),
        () => undefined,
      );
    }
  }
}

/** Tells sockets apart: what is wanted under one key is one socket. */
export function portKey({ listener, host, port }: WantedPort): string {
  return port === 0 ? `${host} ${listener}` : `${host}:${port}`;
}
