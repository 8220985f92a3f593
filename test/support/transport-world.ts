import assert from "node:assert/strict";
import { MemoryNetwork } from "../../runtime/transport/memory-network.ts";
import type { NetworkFaults } from "../../runtime/transport/memory-network.ts";
import type { StreamTransport } from "../../runtime/transport/stream-transport.ts";
import { VirtualClock } from "../../runtime/time/virtual-clock.ts";
import { LogRecord } from "./log-record.ts";
import { SeededChance } from "./seeded-chance.ts";
import { microtasks } from "./virtual-system.ts";

/** A node of a simulated network, and what has come to it. */
export interface TransportNode {
  readonly incarnation: string;
  readonly transport: StreamTransport;
  /** What was accepted of what it sent, by receiver. */
  readonly sent: Map<string, string[]>;
  /** By sender. */
  readonly received: Map<string, string[]>;
  /** By receiver. */
  readonly returned: Map<string, string[]>;
  /** By dead receiver and sender: `dead sender`. */
  readonly adopted: Map<string, string[]>;
  isAlive: boolean;
}

/** Several nodes, a network between them and chance: everything can be had again by its seed. */
export class TransportWorld {
  readonly clock = new VirtualClock(1_700_000_000_000);
  readonly log = new LogRecord();
  readonly chance: SeededChance;
  readonly network: MemoryNetwork;
  readonly nodes: TransportNode[] = [];
  /** How long the handling of a parcel may take at most. */
  readonly #handlingMs: number;
  #sent = 0;

  constructor(
    seed: number,
    options: {
      readonly delayMs?: number;
      readonly handlingMs?: number;
      readonly faults?: Partial<NetworkFaults>;
    } = {},
  ) {
    this.chance = new SeededChance(seed);
    this.#handlingMs = options.handlingMs ?? 0;
    this.network = new MemoryNetwork({
      clock: this.clock,
      log: this.log,
      random: () => this.chance.next(),
      delayMs: { min: 0, max: options.delayMs ?? 0 },
      ...(options.faults === undefined ? {} : { faults: options.faults }),
    });
  }

  get living(): readonly TransportNode[] {
    return this.nodes.filter(({ isAlive }) => isAlive);
  }

  async start(incarnation: string): Promise<TransportNode> {
    const joining = this.network.join(incarnation);
    await this.advance(1000);
    const transport = await joining;
    const maps = { sent: new Map(), received: new Map(), returned: new Map(), adopted: new Map() };
    const node: TransportNode = { incarnation, transport, ...maps, isAlive: true };
    transport.listen({
      receive: (from, parcel) => this.#take(node, node.received, from, parcel),
      adopted: (from, dead, parcel) => this.#take(node, node.adopted, `${dead} ${from}`, parcel),
      returned: (to, parcels) => {
        for (const parcel of parcels) listOf(node.returned, to).push(textOf(parcel));
      },
    });
    this.nodes.push(node);
    return node;
  }

  /** Sends a text that nobody else sends. */
  send(from: TransportNode, to: string, bytes = 0): string {
    const text = `${++this.#sent}`.padEnd(bytes, "x");
    const verdict = from.transport.send(to, Buffer.from(text));
    if (verdict === "accepted") listOf(from.sent, to).push(text);
    return verdict;
  }

  /** Its process ends; the others learn of it when they are told. */
  kill(node: TransportNode): void {
    node.isAlive = false;
    this.network.kill(node.incarnation);
  }

  /** All who live are told that a node is dead. */
  tellEnded(dead: TransportNode): void {
    for (const { transport } of this.living) transport.peerEnded(dead.incarnation);
  }

  /** Lets time pass. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.clock.nowMs() + durationMs;
    do await microtasks();
    while (this.clock.step(endMs - this.clock.nowMs()));
    this.clock.advance(endMs - this.clock.nowMs());
    await microtasks();
  }

  /** What must be so when everything has come to rest. */
  check(): void {
    for (const from of this.nodes) {
      for (const [to, sent] of from.sent) this.#checkPair(from, this.#node(to), sent);
    }
    for (const { adopted } of this.nodes) for (const texts of adopted.values()) isOnceInOrder(texts);
    for (const { transport } of this.living) {
      const kept = [...transport.kept.values()].reduce((sum, { parcels }) => sum + parcels, 0);
      assert.equal(kept, 0, `${transport.incarnation} keeps nothing`);
    }
  }

  #checkPair(from: TransportNode, to: TransportNode, sent: readonly string[]): void {
    const received = to.received.get(from.incarnation) ?? [];
    const pair = `${from.incarnation} to ${to.incarnation}`;
    assert.deepEqual(received, sent.slice(0, received.length), `${pair}: in order, once, nothing left out`);
    if (!from.isAlive) return;
    if (to.isAlive) return assert.equal(received.length, sent.length, `${pair}: all of it`);
    const returned = from.returned.get(to.incarnation) ?? [];
    assert.deepEqual(returned, sent.slice(sent.length - returned.length), `${pair}: what is left comes back`);
    assert.ok(received.length + returned.length >= sent.length, `${pair}: handled or returned`);
  }

  #node(incarnation: string): TransportNode {
    const node = this.nodes.find((candidate) => candidate.incarnation === incarnation);
    assert.ok(node !== undefined);
    return node;
  }

  #take(
    node: TransportNode,
    lists: Map<string, string[]>,
    key: string,
    parcel: Uint8Array,
  ): Promise<void> | undefined {
    if (!node.isAlive) return undefined;
    listOf(lists, key).push(textOf(parcel));
    if (this.#handlingMs === 0 || this.chance.next() < 0.5) return undefined;
    const forMs = this.chance.between(0, this.#handlingMs);
    return new Promise((resolve) => void this.clock.after(forMs, resolve));
  }
}

function isOnceInOrder(texts: readonly string[]): void {
  const numbers = texts.map((text) => Number.parseInt(text, 10));
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].toSorted((a, b) => a - b),
    "in order and once",
  );
}

function listOf(lists: Map<string, string[]>, key: string): string[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

function textOf(parcel: Uint8Array): string {
  return Buffer.from(parcel).toString();
}
