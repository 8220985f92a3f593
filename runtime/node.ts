import { randomUUID } from "node:crypto";
import type { Protocol } from "../protocols/protocol.ts";
import type { AnyReference, Reference } from "../protocols/reference.ts";
import type { NodeSettings } from "../protocols/settings.ts";
import type { Feature, FeatureHost, FeatureParts, Keepsake, NodeStatus, NodeUrls, Offer } from "./feature.ts";
import type { ClusterNode } from "./cluster/cluster-node.ts";
import type { ClusterParts } from "./cluster/cluster-parts.ts";
import { guardedRoutes } from "./guarded-routes.ts";
import type { HostLink } from "./host-link.ts";
import { Sources } from "./identity/sources.ts";
import { ActorSystem } from "./kernel/actor-system.ts";
import { Channel } from "./net/channel.ts";
import type { BindSocket } from "./net/bind.ts";
import { Adoption } from "./net/hand-over/adoption.ts";
import type { Estate } from "./net/hand-over/adoption.ts";
import { HandOver } from "./net/hand-over/hand-over.ts";
import type { HandOverCounts } from "./net/hand-over/hand-over.ts";
import { unpackKeepsakes } from "./net/hand-over/keepsakes.ts";
import type { Peer } from "./net/hand-over/peer.ts";
import type { Port } from "./net/port.ts";
import type { PortShare } from "./net/port-share.ts";
import { clusterOf } from "./node-cluster.ts";
import { addNodeMetrics } from "./node-metrics.ts";
import { gatewayPort, gatewayShare, operatorsPort, urlsOf } from "./node-ports.ts";
import type { Journal, Owner } from "./persistence/journal.ts";
import { MemoryJournal } from "./persistence/memory-journal.ts";
import { NodeStores } from "./persistence/node-stores.ts";
import type { NodeStore } from "./persistence/node-store.ts";
import { Registry } from "./registry/registry.ts";
import type { ReminderSettings } from "./reminders/reminders.ts";
import { EntityHost } from "./sharding/entity-host.ts";
import { NoOwners, OneOwner } from "./sharding/entity-owners.ts";
import { Singletons } from "./sharding/singletons.ts";
import type { ExpectBlock } from "./supervision/watchdog/loop-beats.ts";
import type { CountingLog } from "./telemetry/counting-log.ts";
import { Metrics } from "./telemetry/metrics.ts";
import type { Clock } from "./time/clock.ts";
import { SystemClock } from "./time/system-clock.ts";

/** The share of the time for a stop in which clients are sent away; the rest is for the actors. */
const DRAIN_SHARE = 0.5;
/** Clients are sent away one after the other, so that they do not all come back at once, in milliseconds for each. */
const DRAIN_MS_PER_CONNECTION = 1;

/** How long clients are given to go when an operator drains a node that stays, in milliseconds. */
const DRAIN_WITHIN_MS = 30_000;

/** What a node is built from. */
export interface NodeParts {
  readonly settings: NodeSettings;
  readonly features: readonly Feature[];
  readonly log: CountingLog;
  readonly version: string;
  readonly clock?: Clock;
  /** Where entities are stored; it is closed when all actors have stopped. Unless given, what is stored ends with the process. */
  readonly journal?: Journal;
  /** What one process at a time may have open, the journal among them if it is such: open from when the node serves until all actors have stopped, or another process takes over. */
  readonly stores?: readonly NodeStore[];
  /** Where it is stored when entities have to be woken, and how fast they are; in memory unless given. */
  readonly reminders?: ReminderSettings;
  /** In whose name this process writes entities. */
  readonly owner?: Owner;
  /** The others, and what they share; a node stands alone unless given. Its connections are ended last. */
  readonly cluster?: ClusterParts;
  /** The host of this process, where there is one. */
  readonly hostLink?: HostLink;
  /** Of the watchdog; nobody watches unless given. */
  readonly expectBlock?: ExpectBlock;
  /** Makes the sockets on which ports listen, where a host keeps them; each port makes its own unless given. */
  readonly bindSocket?: BindSocket;
  /** Called when the tree can no longer help itself: the process should end. */
  readonly onFailure?: (error: unknown) => void;
  /** Called when an operator wants the process to end; unless given, only the node stops. */
  readonly onStopAsked?: () => void;
}

/** One process of the system: the actor tree, the ports into it, and the features that live there. The one place where parts are put together. */
export class BanyanNode {
  readonly system: ActorSystem;
  readonly metrics = new Metrics();
  readonly entities: EntityHost;
  /** Undefined where the node stands alone. */
  readonly cluster: ClusterNode | undefined;
  readonly #journal: Journal;
  readonly #stores: NodeStores;
  readonly #parts: NodeParts;
  readonly #share: PortShare;
  readonly #sources: Sources;
  readonly #offers = new Map<string, AnyReference>();
  #features: readonly FeatureParts[] = [];
  #status: NodeStatus = "starting";
  #gateway: readonly Port[] = [];
  #operators: Port | undefined = undefined;
  #handOver: HandOver | undefined = undefined;
  #adoption: Adoption | undefined = undefined;

  constructor(parts: NodeParts) {
    const { settings, log, clock = new SystemClock(), onFailure, bindSocket } = parts;
    this.#parts = parts;
    this.system = new ActorSystem({
      name: settings.name,
      clock,
      log,
      ...(onFailure === undefined ? {} : { onFailure }),
    });
    const { journal = new MemoryJournal(), owner = { ownerEpoch: 1, incarnation: randomUUID() } } = parts;
    this.#journal = journal;
    this.#stores = new NodeStores(parts.stores ?? []);
    this.entities = new EntityHost({
      system: this.system,
      journal,
      reminders: parts.reminders,
      owners: parts.cluster === undefined ? new OneOwner(owner) : new NoOwners(),
    });
    this.cluster = clusterOf({
      cluster: parts.cluster,
      system: this.system,
      entities: this.entities,
      log,
      onDrainAsked: () => void this.#drain(DRAIN_WITHIN_MS),
    });
    this.#share = { ...gatewayShare(settings, this.system), bindSocket };
    this.#sources = new Sources(settings.push, this.system.clock, parts.cluster?.nonces);
    addNodeMetrics(this.metrics, { log, share: this.#share, entities: this.entities });
  }

  /** Starts the features, then opens every port, or none. @throws Fault `portTaken` */
  async start(): Promise<void> {
    await this.prepare();
    await this.serve();
  }

  /** Starts the features and builds the ports; nothing is bound yet. @throws UnfitListener */
  async prepare(): Promise<void> {
    await this.#orStop(async () => {
      // First, so that entities can be reached from the beginning.
      await this.cluster?.join();
      const { system, entities } = this;
      const wide = { singletons: new Singletons(system, entities), registry: new Registry(system, entities) };
      this.#features = this.#parts.features.map((feature) => this.#startFeature(feature, wide));
      this.#buildPorts();
    });
  }

  /** Opens every port, or none; after `prepare`. @throws Fault `portTaken` */
  async serve(): Promise<void> {
    await this.#orStop(async () => {
      await this.#stores.open({ isTakeover: false });
      for (const port of this.#ports()) await this.#open(port);
    });
    for (const { serve } of this.#features) this.#offer(serve?.(this.#gateway));
    await this.cluster?.serve();
    this.#status = "ready";
  }

  async #orStop(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.#closePorts();
      await this.#stopActors();
      throw error;
    }
  }

  /**
   * Moves everything to another process that has been prepared: the state of actors, then every connection. Then there is nothing
   * left but to stop. @throws HandOverEnded when `keep` calls it off
   */
  async handOver(peer: Peer): Promise<HandOverCounts> {
    if (this.#operators === undefined) {
      throw new RangeError("a node that was not prepared has nothing to hand over");
    }
    const { system } = this;
    const parts = {
      ports: this.#gateway,
      operators: this.#operators,
      keepsakes: this.#keepsakes(),
      stored: { leave: () => this.#leaveStored(), comeBack: () => this.#takeStoredBack() },
      system,
      peer,
    };
    this.#handOver = new HandOver(parts);
    return this.#handOver.run();
  }

  /** The hand-over has failed: goes on with what has not moved. @throws Fault `portTaken` */
  async keep(): Promise<void> {
    const handOver = this.#handOver;
    this.#handOver = undefined;
    await handOver?.callOff();
  }

  /**
   * Takes over from another process; after `prepare`, and instead of `serve`. `onServing` is called once the doors are open.
   * Resolves with the number of connections when all have come, or `predecessorGone` was called.
   */
  async adopt(
    peer: Peer,
    { onServing }: { readonly onServing: () => void },
  ): Promise<{ readonly connections: number }> {
    const begin = async ({ heirlooms, keepsakes }: Estate): Promise<void> => {
      await this.#stores.open({ isTakeover: true });
      unpackKeepsakes(keepsakes, this.#keepsakes(), this.#parts.log);
      await this.system.inherit(heirlooms);
      await this.serve();
      onServing();
    };
    const ports = (): readonly Port[] => this.#ports();
    this.#adoption = new Adoption({ peer, begin, ports, log: this.#parts.log, clock: this.system.clock });
    const connections = await this.#adoption.untilAllCame();
    this.system.endInheritance();
    this.entities.suspendAgain();
    return { connections };
  }

  /** The process from which this one takes over is gone: what has not come will not come. */
  predecessorGone(): void {
    this.#adoption?.end();
  }

  /** Open connections of clients, and the HTTP requests and frames that this process has taken. */
  traffic(): { readonly connections: number; readonly requests: number } {
    const all = this.#gateway.map(({ traffic }) => traffic);
    const connections = all.reduce((sum, port) => sum + port.connections, 0);
    const framesIn = all.reduce((sum, port) => sum + port.framesIn, 0);
    return { connections, requests: this.#share.answers.total + framesIn };
  }

  #keepsakes(): readonly Keepsake[] {
    const ofFeatures = this.#features.flatMap(({ keepsakes = [] }) => keepsakes);
    return [...ofFeatures, this.#sources.keepsake, this.entities.keepsake];
  }

  /** In a cluster entities stay where they are, and are handed over when this process leaves it. */
  async #leaveStored(): Promise<void> {
    if (this.cluster === undefined) await this.entities.leave();
    await this.#stores.close();
  }

  async #takeStoredBack(): Promise<void> {
    await this.#stores.open({ isTakeover: true });
    if (this.cluster === undefined) this.entities.comeBack();
  }

  /** Where it is reached; after `start`. */
  urls(): NodeUrls {
    return urlsOf(this.#parts.settings, this.#gateway, this.#operators);
  }

  /** Turns clients away and stops every actor. False when that took longer than `withinMs`; then something is still open. */
  async stop(withinMs: number): Promise<boolean> {
    this.#status = "draining";
    let cancel = (): void => undefined;
    const limit = new Promise<boolean>((resolve) => {
      cancel = this.system.clock.after(withinMs, () => resolve(false));
    });
    const inTime = await Promise.race([this.#stopInOrder(withinMs).then(() => true), limit]);
    cancel();
    return inTime;
  }

  async #stopInOrder(withinMs: number): Promise<void> {
    const closed = await this.#drain(withinMs * DRAIN_SHARE);
    await this.#stopActors();
    await closed.all;
    // Operators may watch until the end.
    await this.#operators?.close();
  }

  /** The journal has its last commit when the last entity has stopped. */
  async #stopActors(): Promise<void> {
    await this.system.stop();
    await this.cluster?.leave();
    await this.#journal.close();
    await this.#stores.close();
    await this.cluster?.close();
  }

  /** Takes no more connections and sends the clients away. Whoever does not go by then is cut off when its actor stops. */
  async #drain(withinMs: number): Promise<{ readonly all: Promise<unknown> }> {
    this.#status = "draining";
    const all = Promise.all(this.#gateway.map((port) => port.close()));
    const drainMs = Math.min(withinMs, this.#share.admission.count * DRAIN_MS_PER_CONNECTION);
    const sentAway = this.#features.map(async ({ drain }) => drain?.(drainMs));
    await Promise.allSettled([...sentAway, this.cluster?.drain(withinMs)]);
    // Wrapped, because the last of the ports closes only when the last client is gone.
    return { all };
  }

  #stopAsked(): void {
    const { onStopAsked, settings } = this.#parts;
    if (onStopAsked === undefined) void this.stop(settings.stopWithinMs);
    else onStopAsked();
  }

  #startFeature(feature: Feature, wide: Pick<FeatureHost, "singletons" | "registry">): FeatureParts {
    const host: FeatureHost = {
      ...wide,
      settings: this.#parts.settings,
      system: this.system,
      entities: this.entities,
      metrics: this.metrics,
      sources: this.#sources,
      access: this.#share.access,
      cluster: this.cluster,
      status: () => this.#status,
      stores: this.#stores,
      urls: () => this.urls(),
      expectBlock: this.#parts.expectBlock ?? (() => () => {}),
      version: this.#parts.version,
      hostLink: this.#parts.hostLink,
      control: { drain: () => void this.#drain(DRAIN_WITHIN_MS), stop: () => this.#stopAsked() },
      onEvent: (listener) => this.#parts.log.listen(listener),
      openChannel: (address, policy) => new Channel(address, policy),
      find: <P extends Protocol>({ name }: P) => this.#offers.get(name) as Reference<P> | undefined,
    };
    const parts = feature.start(host);
    this.#offer(parts.offers);
    return parts;
  }

  #offer(offers: readonly Offer[] = []): void {
    for (const { protocol, reference } of offers) this.#offers.set(protocol.name, reference);
  }

  #buildPorts(): void {
    const { settings, version } = this.#parts;
    const share = this.#share;
    const routes = this.#features.flatMap((parts) => parts.routes ?? []);
    const gateway = { share, title: { title: "Banyan gateway", version } };
    this.#gateway = settings.listeners.map((listener) => gatewayPort(listener, routes, gateway));
    const operators = { share, title: { title: "Banyan operators", version } };
    this.#operators = operatorsPort(settings, guardedRoutes(this.#features), operators);
  }

  async #open(port: Port): Promise<void> {
    const number = await port.open();
    this.#parts.log.info("listener.opened", { listener: port.name, port: number });
  }

  /** Those that a failed start has opened; closing one that was never bound does nothing. */
  async #closePorts(): Promise<void> {
    await Promise.all(this.#ports().map((port) => port.close()));
  }

  #ports(): readonly Port[] {
    return this.#operators === undefined ? this.#gateway : [...this.#gateway, this.#operators];
  }
}
