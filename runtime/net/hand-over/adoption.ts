import type { Logger } from "../../telemetry/logger.ts";
import type { Cancel, Clock } from "../../time/clock.ts";
import type { Port } from "../port.ts";
import { Later } from "./later.ts";
import type { MovedConnection } from "./moved-connection.ts";
import type { Peer } from "./peer.ts";
import type { FromPredecessor, FromSuccessor } from "./peer-words.ts";
import type { RawHandle } from "./raw-handle.ts";

/** All state that comes before the doors open. */
export type Estate = Extract<FromPredecessor, { readonly kind: "heirlooms" }>;

/** What the process that takes over works with. */
export interface AdoptionParts {
  readonly peer: Peer;
  /** Takes the state and opens the doors. */
  readonly begin: (estate: Estate) => Promise<void>;
  /** All ports, once they are open. */
  readonly ports: () => readonly Port[];
  readonly log: Logger;
  readonly clock: Clock;
}

/** Arrivals that are told together, at most, and how long the first of them waits for others, in milliseconds. */
const TOLD_TOGETHER_MAX = 32;
const TELL_AFTER_MS = 10;

/** A connection of which one part has not come yet. */
interface Waiting {
  readonly moved: MovedConnection;
  readonly handle: RawHandle;
}

/** Takes over from another process what it hands over. */
export class Adoption {
  readonly #parts: AdoptionParts;
  readonly #ended = new Later();
  readonly #waiting = new Map<string, Waiting>();
  /** Those that have come and whose arrival was not told yet. */
  #arrived: string[] = [];
  #cancelTelling: Cancel | undefined = undefined;
  #count = 0;

  constructor(parts: AdoptionParts) {
    this.#parts = parts;
    parts.peer.onMessage((data, handle) => this.#hear(data as FromPredecessor, handle));
  }

  /** How many connections have come. Resolves when the other process has said that this was all, or is gone. */
  async untilAllCame(): Promise<number> {
    await this.#ended.promise;
    return this.#count;
  }

  /** Nothing more will come. */
  end(): void {
    for (const { handle } of this.#waiting.values()) handle.close();
    this.#waiting.clear();
    this.#ended.resolve();
  }

  #hear(word: FromPredecessor, handle: RawHandle | undefined): void {
    switch (word.kind) {
      case "heirlooms":
        return void this.#begin(word);
      case "connection":
        return this.#take(word.moved, word.hasTail, handle);
      case "tail":
        return this.#takeTail(word.id, word.bytes);
      case "idle":
        return this.#takeIdle(word.listener, handle);
      case "end":
        return this.end();
    }
  }

  async #begin(estate: Estate): Promise<void> {
    try {
      await this.#parts.begin(estate);
    } catch (error) {
      return this.#ended.reject(error);
    }
    await this.#say({ kind: "serving" });
  }

  #take(moved: MovedConnection, hasTail: boolean, handle: RawHandle | undefined): void {
    // The other process closed it while it was on its way.
    if (handle === undefined) return this.#hasArrived(moved.id);
    if (hasTail) this.#waiting.set(moved.id, { moved, handle });
    else this.#attach({ moved, handle }, NOTHING);
  }

  #takeTail(id: string, { buffer, byteOffset, byteLength }: Uint8Array): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined) this.#attach(waiting, Buffer.from(buffer, byteOffset, byteLength));
  }

  #attach({ moved, handle }: Waiting, latest: Buffer): void {
    const ports = this.#parts.ports();
    // A listener that is no more: any port can say so to its client.
    const port = ports.find(({ name }) => name === moved.listener) ?? ports[0];
    if (port?.adopt(moved, handle, latest) === true) this.#count++;
    else this.#parts.log.warn("handOver.connectionUnfit", { connection: moved.id, route: moved.route });
    this.#hasArrived(moved.id);
  }

  #takeIdle(listener: string, handle: RawHandle | undefined): void {
    const port = this.#parts.ports().find(({ name }) => name === listener);
    if (handle !== undefined && port?.httpSockets?.accept(handle) !== true) handle.close();
  }

  /** Told one by one, arrivals would cost as much as the connections themselves. */
  #hasArrived(id: string): void {
    this.#arrived.push(id);
    if (this.#arrived.length >= TOLD_TOGETHER_MAX) return this.#tellArrived();
    this.#cancelTelling ??= this.#parts.clock.after(TELL_AFTER_MS, () => this.#tellArrived());
    return undefined;
  }

  #tellArrived(): void {
    this.#cancelTelling?.();
    this.#cancelTelling = undefined;
    const ids = this.#arrived;
    this.#arrived = [];
    void this.#say({ kind: "attached", ids });
  }

  // A process that cannot be told any more is gone; its host says so too.
  #say(word: FromSuccessor): Promise<void> {
    return this.#parts.peer.send(word).catch(() => {});
  }
}

const NOTHING = Buffer.alloc(0);
