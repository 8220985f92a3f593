import assert from "node:assert/strict";
import { RecordCodec } from "../../runtime/codec/record-codec.ts";
import { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import type { DeadLetterReason } from "../../runtime/kernel/dead-letters.ts";
import { SAFE_LEASE } from "../../runtime/membership/lease.ts";
import { Member } from "../../runtime/membership/member.ts";
import { MemoryMembershipTable } from "../../runtime/membership/memory-membership-table.ts";
import { Remote } from "../../runtime/remote/remote.ts";
import { Claims } from "../../runtime/sharding/claims.ts";
import { EntityHost } from "../../runtime/sharding/entity-host.ts";
import { NoOwners } from "../../runtime/sharding/entity-owners.ts";
import { EntityRegion } from "../../runtime/sharding/entity-region.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { FailoverBarrier } from "../../runtime/sharding/failover-barrier.ts";
import { MemoryOwnership } from "../../runtime/sharding/memory-ownership.ts";
import type { Ownership } from "../../runtime/sharding/ownership.ts";
import { VirtualClock } from "../../runtime/time/virtual-clock.ts";
import { MemoryNetwork } from "../../runtime/transport/memory-network.ts";
import type { NetworkOptions } from "../../runtime/transport/memory-network.ts";
import type { StreamTransport } from "../../runtime/transport/stream-transport.ts";
import type { Transport, TransportReceiver } from "../../runtime/transport/transport.ts";
import { LogRecord } from "./log-record.ts";
import { memberFacts } from "./member-facts.ts";
import { OwnedJournal } from "./owned-journal.ts";
import { ProcessClock } from "./process-clock.ts";
import { CLUSTER_PROTOCOLS, Register, RegisterEvents } from "./register.ts";
import type { RegisterProtocol, RegisterRef } from "./register.ts";
import { script } from "./script.ts";
import type { ScriptParts, ScriptRef } from "./script.ts";
import { ShakyTable } from "./shaky-table.ts";
import { microtasks } from "./virtual-system.ts";

const ROUNDS_MAX = 100_000;

/** How a world of nodes is made. */
export interface RegionWorldOptions extends Pick<NetworkOptions, "random" | "delayMs"> {
  /** Planted: what arrives together is taken in the wrong order. */
  readonly isShuffling?: boolean;
  /** How long the store takes to say that something is done, from 0 up to this: owners and journal; 0 unless given. */
  readonly storeMsMax?: number;
}

/** Several nodes in one process: one network, one store, one time. */
export class RegionWorld {
  readonly clock = new VirtualClock(1_700_000_000_000);
  readonly table = new MemoryMembershipTable(this.clock, { lease: SAFE_LEASE });
  readonly ownership = new MemoryOwnership(this.clock);
  readonly journal = new OwnedJournal(this.ownership);
  readonly network: MemoryNetwork;
  readonly nodes = new Map<string, RegionNode>();
  readonly due: (() => void)[] = [];
  readonly #codec = new RecordCodec(RegisterEvents);

  readonly isShuffling: boolean;
  /** May be changed at any time. */
  storeMsMax: number;
  readonly #random: () => number;

  constructor({ isShuffling = false, storeMsMax = 0, ...options }: RegionWorldOptions = {}) {
    this.isShuffling = isShuffling;
    this.storeMsMax = storeMsMax;
    this.#random = options.random ?? (() => 1);
    this.network = new MemoryNetwork({ clock: this.clock, ...options });
  }

  /** The store has done something: whoever asked for it learns of that when its answer has come. */
  answer(task: () => void): void {
    if (this.storeMsMax === 0) task();
    else this.clock.after(this.#random() * this.storeMsMax, task);
  }

  /** Nodes that have joined, serve, and know of each other. */
  async start(...names: string[]): Promise<RegionNode[]> {
    const started: RegionNode[] = [];
    for (const name of names) started.push(await this.join(name));
    await this.advance(SAFE_LEASE.renewEveryMs);
    return started;
  }

  /** One more node; the others learn of it with their next renewal. */
  async join(name: string, roles: readonly string[] = ["entities"]): Promise<RegionNode> {
    const incarnation = `${name}/${this.nodes.size + 1}`;
    const clock = new ProcessClock(this.clock);
    const transport = await this.during(this.network.join(incarnation, clock));
    const node = new RegionNode(this, { name, clock, transport, roles });
    this.nodes.set(incarnation, node);
    assert.equal((await this.during(node.member.join())).kind, "joined");
    await this.during(node.member.serve());
    return node;
  }

  /** Lets time pass until a promise has settled. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = promise.finally(() => (isSettled = true));
    await this.settle();
    while (!isSettled) await this.advance(1);
    return settled;
  }

  /** Those whose process has not been killed. */
  get living(): RegionNode[] {
    return [...this.nodes.values()].filter(({ isKilled }) => !isKilled);
  }

  /** Lets everything run that can run without time passing. */
  async settle(): Promise<void> {
    await microtasks();
    for (let rounds = 0; this.due.length > 0; rounds++) {
      if (rounds === ROUNDS_MAX) throw new Error(`no rest after ${ROUNDS_MAX} rounds`);
      for (const task of this.due.splice(0)) task();
      await microtasks();
    }
  }

  async advance(durationMs: number): Promise<void> {
    const endMs = this.clock.nowMs() + durationMs;
    do await this.settle();
    while (this.clock.step(endMs - this.clock.nowMs()));
    this.clock.advance(endMs - this.clock.nowMs());
  }

  /** What is stored of a register, as `from:seq`, oldest first. */
  notes(id: string): string[] {
    return this.journal.of({ type: "register", id }).flatMap(({ bytes }) => {
      const decoded = this.#codec.decode(bytes);
      assert.ok(decoded.ok);
      return decoded.record.events.map((event) => `${String(event["from"])}:${String(event["seq"])}`);
    });
  }

  /** The node on which a register is in memory; undefined when none has it. @throws when two have it and both may act */
  whereIs(id: string): RegionNode | undefined {
    const holders = this.living.filter(
      ({ registers, member }) => registers.presentCell(id) !== undefined && member.holdsLease(),
    );
    assert.ok(holders.length <= 1, `${id} is at ${holders.map(({ name }) => name).join()}`);
    return holders[0];
  }

  /** The node to which a register belongs. */
  async homeOf(id: string, seenFrom: RegionNode = this.living[0]!): Promise<RegionNode> {
    const found = await seenFrom.region.whereIs({ type: "register", id });
    const incarnation = found.kind === "owned" ? found.by.incarnation : found.belongsTo;
    const node = this.nodes.get(incarnation ?? "");
    assert.ok(node !== undefined, `${id} belongs to nobody`);
    return node;
  }

  /** An id whose register belongs to a node. */
  async idAt(node: RegionNode, prefix = "r"): Promise<string> {
    for (let count = 0; count < 1_000; count++) {
      const id = `${prefix}${count}`;
      if ((await this.homeOf(id, node)) === node) return id;
    }
    throw new Error(`no id belongs to ${node.name}`);
  }

  /** Dead letters of a reason on all nodes, also on those that were killed. */
  dead(reason: DeadLetterReason): number {
    return [...this.nodes.values()].reduce(
      (sum, { system }) => sum + (system.deadLetters.counts.get(reason) ?? 0),
      0,
    );
  }
}

/** What a node is made of. */
interface RegionNodeParts {
  readonly name: string;
  readonly clock: ProcessClock;
  /** In the same process as the clock. */
  readonly transport: StreamTransport;
  readonly roles: readonly string[];
}

/** One node of many in one process. */
export class RegionNode {
  readonly name: string;
  readonly incarnation: string;
  readonly clock: ProcessClock;
  readonly log = new LogRecord();
  readonly system: ActorSystem;
  readonly table: ShakyTable;
  readonly member: Member;
  readonly claims: Claims;
  readonly remote: Remote;
  readonly entities: EntityHost;
  readonly region: EntityRegion;
  readonly registers: EntityType<RegisterProtocol>;
  readonly transport: StreamTransport;
  isKilled = false;
  isPaused = false;
  isLeaving = false;
  /** Its life as a member is over, though its process goes on. */
  isRemoved = false;
  readonly #world: RegionWorld;

  constructor(world: RegionWorld, { name, clock, transport, roles }: RegionNodeParts) {
    this.#world = world;
    this.name = name;
    this.incarnation = transport.incarnation;
    this.transport = transport;
    this.clock = clock;
    const { log } = this;
    const run = (task: () => void): void => clock.run(task);
    const answer = (task: () => void): void => world.answer(() => run(task));
    this.system = new ActorSystem({
      name,
      clock,
      log,
      random: () => 0,
      schedule: (task) => void world.due.push(() => run(task)),
    });
    this.table = new ShakyTable(world.table, world.clock, clock);
    this.member = this.#newMember(roles);
    const ownership = throughProcess(world.ownership, answer);
    this.claims = new Claims({
      ownership,
      member: this.member,
      node: name,
      clock,
      barrier: new FailoverBarrier(SAFE_LEASE.ttlMs),
      shardOf: () => "all",
      onLost: (held) => this.region.lost(held),
    });
    this.entities = new EntityHost({
      system: this.system,
      journal: world.journal.for(answer),
      owners: new NoOwners(),
    });
    this.registers = this.entities.offer(Register);
    this.remote = new Remote({
      system: this.system,
      transport: processTransport(transport, run, world.isShuffling),
      protocols: CLUSTER_PROTOCOLS,
    });
    this.region = new EntityRegion({
      system: this.system,
      entities: this.entities,
      remote: this.remote,
      claims: this.claims,
      ownership,
      member: this.member,
    });
  }

  register(id: string): RegisterRef {
    return this.registers.entity(id);
  }

  spawn(name: string, parts: ScriptParts = {}): ScriptRef {
    return this.system.spawn(script(parts), name);
  }

  /** As `kill -9` does: nothing of the process runs any more. */
  kill(): void {
    this.isKilled = true;
    this.clock.pause();
    this.#world.network.kill(this.incarnation);
  }

  /** As SIGSTOP does. */
  pause(): void {
    this.isPaused = true;
    this.clock.pause();
  }

  /** @param stoodStillMs of a machine that was suspended: for how long */
  async resume({ stoodStillMs = 0 } = {}): Promise<void> {
    if (this.isKilled) return;
    this.isPaused = false;
    await this.clock.resume({ stoodStillMs }).runLate();
    await this.#world.settle();
  }

  /** Leaves in order: its entities first, then the cluster. */
  async leave(): Promise<void> {
    this.isLeaving = true;
    await this.member.drain();
    await this.region.drain();
    this.region.close();
    this.remote.close();
    await this.transport.close();
    await this.member.leave();
    this.isKilled = true;
  }

  /** What was told to entities in this process, or from it, and is neither stored nor sent: gone with the process, if it ends now. */
  get unhandled(): number {
    let count = this.region.counts.waiting;
    for (const { parcels } of this.transport.kept.values()) count += parcels;
    for (const place of this.registers.all()) {
      const { cell, life } = place;
      count += (cell?.mailbox.size ?? 0) + (life === undefined ? 0 : Number(life.describe()["uncommitted"]));
    }
    return count;
  }

  #newMember(roles: readonly string[]): Member {
    const { name, clock, log, incarnation } = this;
    return new Member({
      table: this.table,
      lease: SAFE_LEASE,
      clock,
      log,
      newcomer: { ...memberFacts(name), incarnation, roles, token: `token of ${incarnation}` },
      listener: {
        onFenced: (cause) => {
          this.isRemoved ||= cause !== "lapsed";
          this.region.fenced();
        },
        onRestored: () => this.region.restored(),
        onViewChanged: (view, changes) => {
          for (const { kind, member } of changes) {
            if (kind === "dead") this.transport.peerEnded(member.incarnation);
          }
          this.region.viewChanged(view, changes);
        },
        onSourceChanged: () => {},
      },
    });
  }
}

/** What arrives at a process that is paused is taken when it goes on. */
function processTransport(
  transport: Transport,
  run: (task: () => void) => void,
  isShuffling: boolean,
): Transport {
  const arrived: (() => void)[] = [];
  // Each turn takes what came first: what is late after a pause must not be overtaken.
  const later = (work: () => void | Promise<void>): Promise<void> =>
    new Promise((resolve) => {
      arrived.push(() => resolve(work()));
      if (isShuffling) queueMicrotask(() => run(() => arrived.pop()?.()));
      else run(() => arrived.shift()?.());
    });
  return {
    incarnation: transport.incarnation,
    send: (to, parcel) => transport.send(to, parcel),
    listen: (receiver: TransportReceiver) =>
      transport.listen({
        receive: (from, parcel) => later(() => receiver.receive(from, parcel)),
        adopted: (from, dead, parcel) => later(() => receiver.adopted(from, dead, parcel)),
        returned: (to, parcels) => void later(() => receiver.returned(to, parcels)),
      }),
    publish: (topic, bytes) => transport.publish(topic, bytes),
    subscribe: (topic, listener) => transport.subscribe(topic, listener),
    peerEnded: (incarnation) => transport.peerEnded(incarnation),
    close: () => transport.close(),
  };
}

/** The store answers a process that is paused when it goes on. */
function throughProcess(ownership: Ownership, run: (task: () => void) => void): Ownership {
  const answered = <T>(answer: Promise<T>): Promise<T> =>
    answer.then((value) => new Promise<T>((resolve) => run(() => resolve(value))));
  return {
    claim: (claim) => answered(ownership.claim(claim)),
    release: (held) => answered(ownership.release(held)),
    reassert: (held) => answered(ownership.reassert(held)),
    lookup: (entity) => answered(ownership.lookup(entity)),
  };
}
