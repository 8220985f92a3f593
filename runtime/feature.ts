import type { ChannelProtocol, SlowPolicy } from "../protocols/channel.ts";
import type { Protocol } from "../protocols/protocol.ts";
import type { AnyReference, Reference } from "../protocols/reference.ts";
import type { NodeSettings } from "../protocols/settings.ts";
import type { Audit } from "./audit/audit.ts";
import type { ClusterNode } from "./cluster/cluster-node.ts";
import type { HostLink } from "./host-link.ts";
import type { Sources } from "./identity/sources.ts";
import type { ActorSystem } from "./kernel/actor-system.ts";
import type { AccessTap } from "./net/access-tap.ts";
import type { Port } from "./net/port.ts";
import type { Guard, Route } from "./net/route.ts";
import type { NodeStores } from "./persistence/node-stores.ts";
import type { Registry } from "./registry/registry.ts";
import type { EntityHost } from "./sharding/entity-host.ts";
import type { Singletons } from "./sharding/singletons.ts";
import type { EventListener } from "./telemetry/counting-log.ts";
import type { ExpectBlock } from "./supervision/watchdog/loop-beats.ts";
import type { Metrics } from "./telemetry/metrics.ts";

/** Where a node stands between its start and its end. */
export type NodeStatus = "starting" | "ready" | "draining";

/** What operators may have the node do as a whole. */
export interface NodeControl {
  /** Takes no more connections and sends the clients away; actors and the operators' port stay. */
  drain(): void;
  /** Ends the process in order. */
  stop(): void;
}

/** Where a node is reached. */
export interface NodeUrls {
  readonly opsUrl: string;
  /** By the listener's name. */
  readonly listeners: Readonly<Record<string, string>>;
}

/** What operators see of a cluster, and may do to it. */
export type ClusterSight = Pick<
  ClusterNode,
  | "incarnation"
  | "lease"
  | "members"
  | "drainMember"
  | "isTakenOut"
  | "takeOut"
  | "whereIs"
  | "reference"
  | "topics"
>;

/** What a node gives to its features. */
export interface FeatureHost {
  /** All settings; the keys and tokens that nobody configured have been made. */
  readonly settings: NodeSettings;
  readonly system: ActorSystem;
  /** Where a feature offers its types of entities, and finds those of others. */
  readonly entities: Pick<EntityHost, "offer" | "offerActor" | "find" | "types" | "request" | "activeCount">;
  /** Undefined where the node stands alone. */
  readonly cluster: ClusterSight | undefined;
  /** Where a feature offers the actors of which the cluster is to have one. */
  readonly singletons: Pick<Singletons, "offer" | "list">;
  /** Finds actors by key, wherever in the cluster they are. */
  readonly registry: Pick<Registry, "register" | "unregister" | "list" | "watch" | "unwatch" | "own">;
  readonly metrics: Metrics;
  /** Where the gateway lets know what it has answered. */
  readonly access: AccessTap;
  /** Guards the routes that only services with a key may use. */
  readonly sources: Pick<Sources, "guard">;
  readonly status: () => NodeStatus;
  /** What it stores on, on this machine. */
  readonly stores: Pick<NodeStores, "troubles" | "copy">;
  /** Once it serves. */
  readonly urls: () => NodeUrls;
  readonly control: NodeControl;
  /** The version of the program. */
  readonly version: string;
  /** The host of this process; undefined where one process is all. */
  readonly hostLink: HostLink | undefined;
  /** To be told before anything that blocks the event loop knowingly. */
  readonly expectBlock: ExpectBlock;
  /** Tells a listener of every event that is logged from now on. */
  readonly onEvent: (listener: EventListener) => void;
  /** Makes a fan-out to sockets; slow clients find their drops under `address`. */
  readonly openChannel: (address: string, policy: SlowPolicy) => Reference<ChannelProtocol>;
  /** Where the actor is reached that a feature offers under this protocol; undefined while none does. */
  readonly find: <P extends Protocol>(protocol: P) => Reference<P> | undefined;
}

/** An actor that other features may reach, without knowing whose it is. */
export interface Offer {
  readonly protocol: Protocol;
  readonly reference: AnyReference;
}

/** What a feature knows outside of its actors and must not forget when another process takes over. */
export interface Keepsake {
  /** Unique in the node. */
  readonly name: string;
  /** Another version is not loaded. */
  readonly version: number;
  /** Plain data. */
  dump(): unknown;
  load(data: unknown): void;
}

/** What a feature brings into its node. */
export interface FeatureParts {
  /** What it answers at the gateway. */
  readonly routes?: readonly Route[];
  /** What it answers on the operators' port. */
  readonly operatorRoutes?: readonly Route[];
  /** Stands in front of every operator's route, of whichever feature, that brings no guard of its own. */
  readonly operatorGuard?: Guard;
  /** Keeps what operators do on any of these routes. */
  readonly operatorAudit?: Audit;
  readonly offers?: readonly Offer[];
  /** What goes to the process that takes over, before that one opens its doors. */
  readonly keepsakes?: readonly Keepsake[];
  /** Takes the bound ports of the gateway into service, once all features have started; what it offers is found from then on. */
  readonly serve?: (ports: readonly Port[]) => readonly Offer[];
  /** Sends the clients away, in `withinMs`, before the actors are stopped. */
  readonly drain?: (withinMs: number) => Promise<void>;
}

/** A part of the system that a node may run or leave out: its actors, its routes, what it offers to others. */
export interface Feature {
  readonly name: string;
  /** Starts its top-level actors. Nothing listens yet. */
  start(host: FeatureHost): FeatureParts;
}
