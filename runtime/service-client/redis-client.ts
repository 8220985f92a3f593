import { randomUUID } from "node:crypto";
import type { Protocol } from "../../protocols/protocol.ts";
import { ClusterNode } from "../cluster/cluster-node.ts";
import type { ClusterParts } from "../cluster/cluster-parts.ts";
import { ClusterTopics } from "../cluster/cluster-topics.ts";
import type { Reach, RegionParts } from "../cluster/region.ts";
import { ActorSystem } from "../kernel/actor-system.ts";
import { MemoryJournal } from "../persistence/memory-journal.ts";
import { Remote } from "../remote/remote.ts";
import { EntityHost } from "../sharding/entity-host.ts";
import { NoOwners } from "../sharding/entity-owners.ts";
import { EntityRegion } from "../sharding/entity-region.ts";
import { ONLY } from "../sharding/singletons.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import { AwayKind } from "./away-kind.ts";
import { AwayReference } from "./away-reference.ts";
import { Deliveries } from "./deliveries.ts";
import type { ServiceClient, ServiceReference } from "./service-client.ts";
import { awayEntity } from "./service-kind.ts";
import type { ServiceKind } from "./service-kind.ts";

/** How long a close waits for what is to be delivered unless told, in milliseconds. */
const CLOSE_WITHIN_MS = 5_000;

/** What a client is made of. */
export interface RedisClientParts {
  readonly cluster: ClusterParts;
  readonly clock: Clock;
  readonly log: Logger;
  readonly deliveriesMax: number;
}

/** A member of the cluster that has nothing of its own: it finds entities and speaks to them as any node does, and nothing is ever placed on it. */
export class RedisClient implements ServiceClient {
  readonly #cluster: ClusterNode;
  readonly #system: ActorSystem;
  readonly #entities: EntityHost;
  readonly #deliveries: Deliveries;
  readonly #kinds = new Map<string, AwayKind<Protocol>>();
  readonly #name: string;
  readonly #clock: Clock;
  #closing: Promise<void> | undefined = undefined;

  private constructor({ cluster, clock, log, deliveriesMax }: RedisClientParts) {
    this.#name = cluster.facts.node;
    this.#clock = clock;
    const system = (this.#system = new ActorSystem({ name: this.#name, clock, log }));
    this.#entities = new EntityHost({ system, journal: new MemoryJournal(), owners: new NoOwners() });
    this.#deliveries = new Deliveries({
      sender: `service:${this.#name}/${randomUUID()}`,
      clock,
      random: system.random,
      max: deliveriesMax,
    });
    const topics = new ClusterTopics(system);
    const begin = (life: RegionParts): Reach => this.#begin(cluster, life, topics);
    this.#cluster = new ClusterNode({ cluster, clock, log, topics, begin, onDrainAsked: () => undefined });
  }

  /** Enters the cluster. @throws Fault of the store, `clusterFull` */
  static async join(parts: RedisClientParts): Promise<RedisClient> {
    const client = new RedisClient(parts);
    await client.#cluster.join();
    await client.#cluster.serve();
    return client;
  }

  get incarnation(): string | undefined {
    return this.#cluster.incarnation;
  }

  get undelivered(): number {
    return this.#deliveries.size;
  }

  entity<P extends Protocol>(kind: ServiceKind<P>, id: string): ServiceReference<P> {
    return new AwayReference(this.#kindOf(kind), id, {
      system: this.#system,
      entities: this.#entities,
      deliveries: this.#deliveries,
      name: this.#name,
      isConnected: () => this.#closing === undefined && this.#cluster.incarnation !== undefined,
    });
  }

  singleton<P extends Protocol>(kind: ServiceKind<P>): Omit<ServiceReference<P>, "deliver"> {
    return this.entity(kind, ONLY);
  }

  close(withinMs = CLOSE_WITHIN_MS): Promise<void> {
    return (this.#closing ??= this.#close(withinMs));
  }

  async #close(withinMs: number): Promise<void> {
    let endWait: Cancel = () => undefined;
    const late = new Promise<void>((resolve) => (endWait = this.#clock.after(withinMs, resolve)));
    await Promise.race([this.#deliveries.settled(), late]);
    // A timer that runs on would keep the process alive.
    endWait();
    this.#deliveries.close();
    await this.#cluster.leave();
    await this.#system.stop();
    await this.#cluster.close();
  }

  /** @throws RangeError when two kinds of one type say different things */
  #kindOf<P extends Protocol>(kind: ServiceKind<P>): AwayKind<P> {
    const definition = awayEntity(kind);
    const known = this.#kinds.get(definition.type) as AwayKind<P> | undefined;
    if (known === undefined) {
      const made = new AwayKind(this.#entities.offer(definition), kind.protocol);
      this.#kinds.set(definition.type, made as unknown as AwayKind<Protocol>);
      return made;
    }
    if (known.protocol === kind.protocol) return known;
    throw new RangeError(`entities of the type ${definition.type} have one protocol, and not another one`);
  }

  #begin(
    { ownership }: ClusterParts,
    { member, claims, transport }: RegionParts,
    topics: ClusterTopics,
  ): Reach {
    const protocols = Array.from(this.#kinds.values(), ({ protocol }) => protocol);
    const [system, entities] = [this.#system, this.#entities];
    const remote = new Remote({ system, transport, protocols });
    topics.begin(remote.topics);
    return {
      region: new EntityRegion({ system, entities, remote, claims, ownership, member }),
      distance: remote,
    };
  }
}
