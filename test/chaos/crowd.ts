import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { LOCAL_KEY_ID, PUSH_KEY_FILE } from "../../deploy/node-secrets.ts";
import type { NodeProcess } from "../support/node-process.ts";
import type { Complaints } from "./complaints.ts";
import { RoomLedger } from "./room-ledger.ts";
import { Service } from "./service.ts";
import { Talker } from "./talker.ts";
import { lineWire, webSocketWire } from "./wire.ts";

const ROOMS = 4;
const MEMBERS = 4;
const SAY_EVERY_MS = 60;
/** In one room everything that is said is long: it keeps the collector busy. */
const LONG = { size: 15_000, everyMs: 40 };
const SERVICES = 2;
const PUSH_EVERY_MS = 30;
/** How long the last words may take to be heard by all, in milliseconds. */
const HEARD_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 200;

/** What the crowd has seen. */
export interface CrowdCounts {
  readonly accepted: number;
  readonly heard: number;
  readonly requests: number;
  /** Connections of the services beyond the first of each. */
  readonly reconnections: number;
  readonly worstWaitMs: number;
}

/** Clients that talk in rooms over WebSocket and TCP, and services that push and read over kept HTTP connections. */
export class Crowd {
  readonly #ledgers: RoomLedger[];
  readonly #talkers: Talker[];
  readonly #services: Service[];
  readonly #complaints: Complaints;
  #isOver = false;
  #working: Promise<unknown> = Promise.resolve();

  constructor(node: NodeProcess, complaints: Complaints) {
    this.#complaints = complaints;
    this.#ledgers = Array.from(
      { length: ROOMS + 1 },
      (_, room) => new RoomLedger(`chat/${room}`, complaints),
    );
    this.#talkers = this.#ledgers.flatMap((ledger, room) => talkersOf(node, { ledger, complaints, room }));
    const key = { id: LOCAL_KEY_ID, secret: readFileSync(join(node.dataDir, PUSH_KEY_FILE), "utf8").trim() };
    const url = node.listeners["web"] ?? "";
    const shared = { url, key, complaints, everyMs: PUSH_EVERY_MS };
    this.#services = Array.from(
      { length: SERVICES },
      (_, index) => new Service({ ...shared, name: `service-${index}`, ledger: this.#ledgers[index]! }),
    );
  }

  /** All enter their rooms and begin to talk. */
  async start(): Promise<void> {
    for (const talker of this.#talkers) await talker.enter();
    const isOver = (): boolean => this.#isOver;
    const tidying = setInterval(() => this.#ledgers.forEach((ledger) => ledger.forgetOld()), 5_000);
    this.#working = Promise.all(
      [...this.#talkers, ...this.#services].map((one) => work(one, isOver)),
    ).finally(() => clearInterval(tidying));
  }

  /** Says nothing more, waits until all have heard everything, and goes. */
  async end(): Promise<CrowdCounts> {
    this.#isOver = true;
    await this.#working;
    const endMs = performance.now() + HEARD_WITHIN_MS;
    while (this.#missing().length > 0 && performance.now() < endMs) await pause(LOOK_EVERY_MS);
    for (const text of this.#missing()) this.#complaints.add(text);
    await Promise.all(this.#talkers.map((talker) => talker.leave()));
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
    return {
      accepted: sum(this.#ledgers.map(({ acceptedCount }) => acceptedCount)),
      heard: sum(this.#ledgers.map(({ heardCount }) => heardCount)),
      requests: sum(this.#services.map(({ requests }) => requests)),
      reconnections: sum(this.#services.map(({ connections }) => connections)) - SERVICES,
      worstWaitMs: Math.round(
        Math.max(...[...this.#talkers, ...this.#services].map(({ worstWaitMs }) => worstWaitMs)),
      ),
    };
  }

  #missing(): string[] {
    return this.#ledgers.flatMap((ledger) => ledger.missing());
  }
}

function work(one: Talker | Service, isOver: () => boolean): Promise<void> {
  return one instanceof Talker ? one.talk(isOver) : one.work(isOver);
}

interface Room {
  readonly ledger: RoomLedger;
  readonly complaints: Complaints;
  readonly room: number;
}

/** Half of them come by WebSocket and half by TCP. */
function talkersOf({ listeners }: NodeProcess, { room, ...shared }: Room): Talker[] {
  const webSocketUrl = `${(listeners["web"] ?? "").replace("http", "ws")}/chatroom`;
  const linePort = Number(new URL(listeners["line"] ?? "").port);
  const pace = room === ROOMS ? LONG : { size: 20, everyMs: SAY_EVERY_MS };
  return Array.from({ length: MEMBERS }, (_, index) => {
    const dial: ConstructorParameters<typeof Talker>[0]["dial"] =
      index % 2 === 0
        ? (events) => webSocketWire(webSocketUrl, events)
        : (events) => lineWire(linePort, events);
    return new Talker({ ...shared, ...pace, name: `talker-${room}-${index}`, dial });
  });
}
