import type { Logger } from "../../telemetry/logger.ts";
import type { Cancel, Clock } from "../../time/clock.ts";
import type { Port } from "../port.ts";
import { Later } from "./later.ts";
import { unpack } from "./moved-connection.ts";
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
  /** Whether nothing else comes before its arrival is told. */
  readonly isLarge: boolean;
}

/** Takes over from another process what it hands over. */
export class Adoption {
  readonly #parts: AdoptionParts;
  readonly #ended = new Later();
  /** Taking the state and opening the doors, once that has begun. */
  #beginning: Promise<void> | undefined = undefined;
  #isOver = false;
  readonly #large = new Map<string, Uint8Array>();
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

  /** Nothing more will come. What has begun is brought to its end first: the doors open once. */
  end(): void {
    this.#isOver = true;
    for (const { handle } of this.#waiting.values()) handle.close();
    this.#waiting.clear();
    void Promise.resolve(this.#beginning).then(() => this.#ended.resolve());
  }

  #hear(word: FromPredecessor, handle: RawHandle | undefined): void {
    switch (word.kind) {
      case "heirlooms":
        if (!this.#isOver) this.#beginning = this.#begin(word);
        return undefined;
      case "large":
        return void this.#large.set(word.id, word.packed);
      case "connection":
        return this.#take(word, handle);
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

  #take(
    { id, packed = this.#large.get(id), hasTail }: Extract<FromPredecessor, { kind: "connection" }>,
    handle: RawHandle | undefined,
  ): void {
    const isLarge = this.#large.delete(id);
    // The other process closed it while it was on its way.
    if (handle === undefined || packed === undefined) return this.#hasArrived(id, isLarge);
    const waiting = { moved: unpack(packed), handle, isLarge };
    if (hasTail) this.#waiting.set(id, waiting);
    else this.#attach(waiting, NOTHING);
    return undefined;
  }

  #takeTail(id: string, { buffer, byteOffset, byteLength }: Uint8Array): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined) this.#attach(waiting, Buffer.from(buffer, byteOffset, byteLength));
  }

  #attach({ moved, handle, isLarge }: Waiting, latest: Buffer): void {
    const ports = this.#parts.ports();
    // A listener that is no more: any port can say so to its client.
    const port = ports.find(({ name }) => name === moved.listener) ?? ports[0];
    if (port?.adopt(moved, handle, latest) === true) this.#count++;
    else this.#parts.log.warn("handOver.connectionUnfit", { connection: moved.id, route: moved.route });
    this.#hasArrived(moved.id, isLarge || latest.length > 0);
  }

  #takeIdle(listener: string, handle: RawHandle | undefined): void {
    const port = this.#parts.ports().find(({ name }) => name === listener);
    if (handle !== undefined && port?.httpSockets?.accept(handle) !== true) handle.close();
  }

  /** Told one by one, arrivals would cost as much as the connections themselves. */
  #hasArrived(id: string, isAwaited: boolean): void {
    this.#arrived.push(id);
    if (isAwaited || this.#arrived.length >= TOLD_TOGETHER_MAX) return this.#tellArrived();
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
