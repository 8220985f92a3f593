import type { Protocol } from "../protocols/protocol.ts";
import type { AnyReference, Reference } from "../protocols/reference.ts";
import type { NodeSettings } from "../protocols/settings.ts";
import type { Feature, FeatureHost, FeatureParts, NodeStatus, Offer } from "./feature.ts";
import { guardedRoutes } from "./guarded-routes.ts";
import { ActorSystem } from "./kernel/actor-system.ts";
import { Channel } from "./net/channel.ts";
import type { Port } from "./net/port.ts";
import type { PortShare } from "./net/port-share.ts";
import { urlHost } from "./net/url-host.ts";
import { addNodeMetrics } from "./node-metrics.ts";
import { gatewayPort, gatewayShare, operatorsPort } from "./node-ports.ts";
import type { CountingLog } from "./telemetry/counting-log.ts";
import { Metrics } from "./telemetry/metrics.ts";
import type { Clock } from "./time/clock.ts";
import { SystemClock } from "./time/system-clock.ts";

/** The share of the time for a stop in which clients are sent away; the rest is for the actors. */
const DRAIN_SHARE = 0.5;
/** Clients are sent away one after the other, so that they do not all come back at once, in milliseconds for each. */
const DRAIN_MS_PER_CONNECTION = 1;

/** What a node is built from. */
export interface NodeParts {
  readonly settings: NodeSettings;
  readonly features: readonly Feature[];
  readonly log: CountingLog;
  readonly version: string;
  readonly clock?: Clock;
  /** Called when the tree can no longer help itself: the process should end. */
  readonly onFailure?: (error: unknown) => void;
}

/** Where a node is reached. */
export interface NodeUrls {
  readonly opsUrl: string;
  /** By the listener's name. */
  readonly listeners: Readonly<Record<string, string>>;
}

/** One process of the system: the actor tree, the ports into it, and the features that live there. The one place where parts are put together. */
export class BanyanNode {
  readonly system: ActorSystem;
  readonly metrics = new Metrics();
  readonly #parts: NodeParts;
  readonly #share: PortShare;
  readonly #offers = new Map<string, AnyReference>();
  #features: readonly FeatureParts[] = [];
  #status: NodeStatus = "starting";
  #gateway: readonly Port[] = [];
  #operators: Port | undefined = undefined;

  constructor(parts: NodeParts) {
    const { settings, log, clock = new SystemClock(), onFailure } = parts;
    this.#parts = parts;
    this.system = new ActorSystem({
      name: settings.name,
      clock,
      log,
      ...(onFailure === undefined ? {} : { onFailure }),
    });
    this.#share = gatewayShare(settings, this.system);
    addNodeMetrics(this.metrics, { log, share: this.#share });
  }

  /** Starts the features, then opens every port, or none. @throws Fault `portTaken` */
  async start(): Promise<void> {
    try {
      this.#features = this.#parts.features.map((feature) => this.#startFeature(feature));
      this.#buildPorts();
      for (const port of this.#ports()) await this.#open(port);
    } catch (error) {
      await this.#closePorts();
      await this.system.stop();
      throw error;
    }
    for (const { serve } of this.#features) this.#offer(serve?.(this.#gateway));
    this.#status = "ready";
  }

  /** Where it is reached; after `start`. */
  urls(): NodeUrls {
    const { listeners, ops } = this.#parts.settings;
    const urlOf = (scheme: string, host: string, port: Port | undefined): string =>
      `${scheme}://${urlHost(host)}:${port?.number ?? 0}`;
    const entries = listeners.map(({ name, kind, host }, index) => [
      name,
      urlOf(kind, host, this.#gateway[index]),
    ]);
    return { opsUrl: urlOf("http", ops.host, this.#operators), listeners: Object.fromEntries(entries) };
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
    const closed = this.#gateway.map((port) => port.close());
    const drainMs = Math.min(withinMs * DRAIN_SHARE, this.#share.admission.count * DRAIN_MS_PER_CONNECTION);
    // Whoever does not go by then is cut off when its actor stops.
    await Promise.allSettled(this.#features.map(async ({ drain }) => drain?.(drainMs)));
    await this.system.stop();
    await Promise.all(closed);
    // Operators may watch until the end.
    await this.#operators?.close();
  }

  #startFeature(feature: Feature): FeatureParts {
    const host: FeatureHost = {
      settings: this.#parts.settings,
      system: this.system,
      metrics: this.metrics,
      status: () => this.#status,
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
