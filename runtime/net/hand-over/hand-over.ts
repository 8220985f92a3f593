import type { Keepsake } from "../../feature.ts";
import type { ActorSystem } from "../../kernel/actor-system.ts";
import type { Port } from "../port.ts";
import type { Guest } from "../reception.ts";
import { Courier } from "./courier.ts";
import { depart } from "./departure.ts";
import type { DepartureEnd } from "./departure.ts";
import { packKeepsakes } from "./keepsakes.ts";
import { Later } from "./later.ts";
import { Pace } from "./pace.ts";
import type { Peer } from "./peer.ts";
import type { FromPredecessor, FromSuccessor } from "./peer-words.ts";
import type { RawHandle } from "./raw-handle.ts";

/** How long requests under way may take to come to their end before everything is frozen, in milliseconds. */
const REQUESTS_WITHIN_MS = 2_000;
/** How often it is looked whether they have, in milliseconds. */
const LOOK_EVERY_MS = 5;
/** How long a connection's actor may take to come to rest, in milliseconds. */
const REST_WITHIN_MS = 6_000;
/** How long actors may take to come to the end of their mail before they are frozen, in milliseconds. */
const DUMP_WITHIN_MS = 2_000;

/** What a hand-over is about. */
export interface HandOverParts {
  /** The gateway's. */
  readonly ports: readonly Port[];
  /** The operators': nobody waits for their requests, because one of them may wait for this. */
  readonly operators: Port;
  readonly keepsakes: readonly Keepsake[];
  readonly stored: StoredPart;
  readonly system: ActorSystem;
  readonly peer: Peer;
}

/** What a node stores: nothing of it moves, but only one process at a time may have it. */
export interface StoredPart {
  /** Brings it to its end and gives it up. */
  leave(): Promise<void>;
  /** The hand-over was called off: goes on. */
  comeBack(): Promise<void>;
}

/** A connection whose turn comes, and the listener that it came through. */
interface Leaving {
  readonly guest: Guest;
  readonly listener: string;
}

/** How many connections have moved, and how many had to be ended. */
export interface HandOverCounts {
  readonly connections: number;
  readonly lost: number;
}

/** The hand-over was called off. */
export class HandOverEnded extends Error {
  override readonly name = "HandOverEnded";
}

/** Moves all that a node is to another process: the state of its actors first, then its connections one by one. */
export class HandOver {
  readonly #parts: HandOverParts;
  readonly #courier: Courier;
  readonly #serving = new Later();
  readonly #called = new Later<never>();
  readonly #pace = new Pace();
  #onTheWay = 0;
  #whenArrived: () => void = () => {};
  readonly #tried = new Set<Guest>();
  #isOff = false;
  #leaving: Promise<void> | undefined = undefined;
  #moved = 0;
  #lost = 0;

  constructor(parts: HandOverParts) {
    this.#parts = parts;
    this.#courier = new Courier(parts.peer);
    parts.peer.onMessage((data) => this.#hear(data as FromSuccessor));
  }

  /** Resolves when nothing is left here. @throws HandOverEnded when it is called off */
  async run(): Promise<HandOverCounts> {
    const { system, ports, operators } = this.#parts;
    const beganMs = system.clock.nowMs();
    for (const port of [...ports, operators]) port.shut();
    await this.#orOff(this.#requestsEnd());
    const subscribed = await this.#orOff(this.#comeToRest());
    await this.#orOff(this.#moveState());
    const servingMs = system.clock.nowMs();
    await this.#orOff(this.#moveSockets());
    await this.#orOff(this.#moveAll(subscribed));
    const endMs = system.clock.nowMs();
    await this.#say({ kind: "end" });
    const counts = { connections: this.#moved, lost: this.#lost };
    const took = { stateMs: Math.round(servingMs - beganMs), connectionsMs: Math.round(endMs - servingMs) };
    system.log.info("handOver.done", { ...counts, ...took });
    return counts;
  }

  /** The hand-over is off: what has not moved is served here again. */
  async callOff(): Promise<void> {
    const { system, ports, operators } = this.#parts;
    this.#isOff = true;
    this.#called.reject(new HandOverEnded("the hand-over was called off"));
    await this.#takeStoredBack();
    system.thaw();
    for (const { outlet } of ports.flatMap((port) => port.guests)) {
      if (outlet.connection !== undefined) system.tell(outlet.connection, { kind: "goOn" });
      outlet.goOnReading();
    }
    // What was written last is still being written here.
    this.#courier.returnTo(({ moved, handle }) =>
      ports.find(({ name }) => name === moved.listener)?.adopt(moved, handle, NOTHING),
    );
    for (const port of [...ports, operators]) port.httpSockets?.goOn();
    for (const port of [...ports, operators]) await port.open();
  }

  async #requestsEnd(): Promise<void> {
    const { ports, operators, system } = this.#parts;
    const untilMs = system.clock.nowMs() + REQUESTS_WITHIN_MS;
    for (;;) {
      for (const port of [...ports, operators]) port.httpSockets?.rest();
      const isBusy = ports.some((port) => port.hasComing || port.httpSockets?.areQuiet === false);
      if (!isBusy || system.clock.nowMs() >= untilMs) return;
      await this.#pass(LOOK_EVERY_MS);
    }
  }

  /** Has every connection ask nothing more. Answers those that are in a room, which hear nothing until they have moved. */
  async #comeToRest(): Promise<ReadonlySet<Guest>> {
    const { ports, system } = this.#parts;
    const guests = ports.flatMap((port) => port.guests);
    const subscribed = new Set<Guest>();
    const resting = guests.map(async (guest) => {
      const { connection } = guest.outlet;
      if (connection === undefined) return;
      const { isSubscribed } = await system.ask(connection, { kind: "rest" }, { deadlineMs: REST_WITHIN_MS });
      if (isSubscribed) subscribed.add(guest);
    });
    await Promise.allSettled(resting);
    return subscribed;
  }

  /** Everything that stands still from now on until the other process serves. */
  async #moveState(): Promise<void> {
    const { system, keepsakes, stored } = this.#parts;
    // First, because others are told by it what they have asked for and take along.
    await (this.#leaving = stored.leave());
    if (this.#isOff) return;
    const heirlooms = await system.dump({ withinMs: DUMP_WITHIN_MS });
    if (this.#isOff) return;
    await this.#say({ kind: "heirlooms", heirlooms, keepsakes: packKeepsakes(keepsakes) });
    // How long that may take is for the host to say: it calls the hand-over off.
    await this.#serving.promise;
  }

  /** What has begun to be given up is given up first. */
  async #takeStoredBack(): Promise<void> {
    if (this.#leaving === undefined) return;
    await this.#leaving.catch(() => undefined);
    await this.#parts.stored.comeBack();
  }

  /** Sockets that wait for a request have waited since the doors were shut. */
  async #moveSockets(): Promise<void> {
    const { ports, operators } = this.#parts;
    for (const { name: listener, httpSockets } of [...ports, operators]) {
      for (const handle of httpSockets?.release() ?? []) {
        await this.#say({ kind: "idle", listener }, handle);
        handle.close();
      }
      httpSockets?.dismissOthers();
    }
  }

  /** Moves the connections that miss something first, then the others, then those that came meanwhile. */
  async #moveAll(subscribed: ReadonlySet<Guest>): Promise<void> {
    let waiting = this.#untried(subscribed);
    while (waiting.length > 0 && !this.#isOff) {
      await this.#moveEach(waiting);
      waiting = this.#untried(subscribed);
    }
  }

  #untried(subscribed: ReadonlySet<Guest>): Leaving[] {
    const all = this.#parts.ports.flatMap((port) =>
      port.guests.map((guest) => ({ guest, listener: port.name })),
    );
    const untried = all.filter(({ guest }) => !this.#tried.has(guest));
    return untried.toSorted(
      (one, other) => Number(subscribed.has(other.guest)) - Number(subscribed.has(one.guest)),
    );
  }

  async #moveEach(waiting: readonly Leaving[]): Promise<void> {
    for (const leaving of waiting) {
      await this.#untilOnTheWay(this.#pace.atOnce - 1);
      if (this.#isOff) return;
      void this.#move(leaving);
    }
    await this.#untilOnTheWay(0);
  }

  /** Resolves when so many are on their way at most. */
  async #untilOnTheWay(count: number): Promise<void> {
    while (this.#onTheWay > count) await new Promise<void>((resolve) => (this.#whenArrived = resolve));
  }

  async #move({ guest, listener }: Leaving): Promise<void> {
    const { system } = this.#parts;
    const { clock } = system;
    this.#tried.add(guest);
    this.#onTheWay++;
    const beganMs = clock.nowMs();
    try {
      this.#count(await depart(guest, listener, { system, courier: this.#courier }));
    } catch (error) {
      this.#called.reject(error);
    }
    this.#onTheWay--;
    this.#pace.arrived(clock.nowMs() - beganMs);
    this.#whenArrived();
  }

  #count(end: DepartureEnd): void {
    if (end === "moved") this.#moved++;
    else if (end === "lost") this.#lost++;
  }

  #hear(word: FromSuccessor): void {
    if (word.kind === "serving") this.#serving.resolve();
    else this.#courier.attached(word.ids);
  }

  #say(word: FromPredecessor, handle?: RawHandle): Promise<void> {
    return this.#parts.peer.send(word, handle);
  }

  #orOff<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#called.promise]);
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#parts.system.clock.after(ms, resolve));
  }
}

const NOTHING = Buffer.alloc(0);
