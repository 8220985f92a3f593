import { randomUUID } from "node:crypto";
import { Fault } from "../fault.ts";
import { Member } from "../membership/member.ts";
import type { FenceCause } from "../membership/member.ts";
import type { MemberChange, MemberView } from "../membership/member-view.ts";
import { Claims } from "../sharding/claims.ts";
import type { FailoverBarrier } from "../sharding/failover-barrier.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import type { Transport } from "../transport/transport.ts";
import type { ClusterParts } from "./cluster-parts.ts";
import type { Distance, Reach, Region, RegionParts } from "./region.ts";

/** What a life is made of. */
export interface LifeParts {
  readonly cluster: ClusterParts;
  readonly barrier: FailoverBarrier;
  readonly clock: Clock;
  readonly log: Logger;
  readonly begin: (parts: RegionParts) => Reach;
  readonly onViewChanged: (life: ClusterLife) => void;
  /** The others count it as dead, or have forgotten it: this life is over, and the node needs another one. */
  readonly onOver: (life: ClusterLife) => void;
}

/** Where nobody watches the store, all entities of a node fail over together: one answer tells for all of them. */
const ONE_SHARD = "store";
/** How long after a failover the owners are written again that could not be, in milliseconds. */
const REASSERT_AGAIN_MS = 1_000;

/** One life of this node in the cluster: an incarnation from its join until it has left, or is counted as dead. */
export class ClusterLife {
  readonly member: Member;
  readonly region: Region;
  readonly distance: Distance;
  readonly #parts: LifeParts;
  readonly #claims: Claims;
  readonly #transport: Transport;
  readonly #delays = new Map<string, Cancel>();
  #stopWatching: () => void = () => undefined;
  #isOver = false;
  #isClosed = false;

  private constructor(parts: LifeParts, transport: Transport) {
    const { cluster, clock, log, barrier } = parts;
    this.#parts = parts;
    this.#transport = transport;
    this.member = new Member({
      table: cluster.table,
      lease: cluster.lease,
      clock,
      log,
      newcomer: { ...cluster.facts, incarnation: transport.incarnation, token: randomUUID() },
      listener: {
        onFenced: (cause) => this.#fenced(cause),
        onRestored: () => this.region.restored(),
        onViewChanged: (view, changes) => this.#viewChanged(view, changes),
        onSourceChanged: (source) => this.#sourceChanged(source),
      },
    });
    this.#claims = new Claims({
      ownership: cluster.ownership,
      member: this.member,
      node: cluster.facts.node,
      clock,
      barrier,
      shardOf: (entity) => cluster.shardOf(entity),
      onLost: (held) => this.region.lost(held),
    });
    const reach = parts.begin({ member: this.member, claims: this.#claims, transport });
    this.region = reach.region;
    this.distance = reach.distance;
  }

  /** Joins under a new incarnation. @throws Fault of the store; `clusterFull`, `clusterUnfit` */
  static async begin(parts: LifeParts): Promise<ClusterLife> {
    const incarnation = `${parts.cluster.facts.node}/${randomUUID()}`;
    const life = new ClusterLife(parts, await parts.cluster.transport(incarnation));
    try {
      await life.#join();
      return life;
    } catch (error) {
      await life.close();
      throw error;
    }
  }

  get incarnation(): string {
    return this.member.incarnation;
  }

  /** Whether the others count it as dead. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Leaves for good, so that nobody waits for its lease to lapse. */
  async leave(): Promise<void> {
    await this.close();
    await whateverComes(this.member.leave());
  }

  /** Says nothing more to anybody. What was accepted to be sent is sent first. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopWatching();
    for (const cancel of this.#delays.values()) cancel();
    await this.region.close();
    this.distance.close();
    await this.#transport.close();
    this.member.close();
  }

  async #join(): Promise<void> {
    const joined = await this.member.join();
    if (joined.kind === "refused") {
      const code = joined.code === "incompatible" ? "clusterUnfit" : "clusterFull";
      throw new Fault(code, { code: joined.code });
    }
    const { watch } = this.#parts.cluster;
    if (watch === undefined) return this.#observe(ONE_SHARD, joined.source);
    this.#stopWatching = watch.onSeen(({ shard, source, forMs }) => this.#observe(shard, source, forMs));
  }

  #fenced(cause: FenceCause): void {
    this.region.fenced();
    // What of them is stored is in doubt: each is claimed again, with an epoch that fences what is still on its way.
    this.#claims.doubtAll();
    if (cause === "lapsed") return;
    this.#isOver = true;
    this.#parts.onOver(this);
  }

  #viewChanged(view: MemberView, changes: readonly MemberChange[]): void {
    const dead = changes.filter(({ kind }) => kind === "dead");
    for (const { member } of dead) this.#transport.peerEnded(member.incarnation);
    this.region.viewChanged(view, changes);
    this.#parts.onViewChanged(this);
  }

  /** Sooner than any watch sees it: when this node may act again, the barrier stands. */
  #sourceChanged(source: string): void {
    this.#observe(this.#parts.cluster.watch?.memberShard ?? ONE_SHARD, source);
  }

  #observe(shard: string, source: string, forMs?: number): void {
    this.#claims.observe(shard, source, forMs).catch((error: unknown) => this.#reassertLater(shard, error));
  }

  #reassertLater(shard: string, error: unknown): void {
    if (!(error instanceof Fault)) throw error;
    if (this.#isClosed) return;
    this.#delays.get(shard)?.();
    const again = (): void => {
      this.#delays.delete(shard);
      this.#claims.reassert(shard).catch((failed: unknown) => this.#reassertLater(shard, failed));
    };
    this.#delays.set(shard, this.#parts.clock.after(REASSERT_AGAIN_MS, again));
  }
}

/** A table that cannot be reached sees the lease lapse. */
async function whateverComes(step: Promise<unknown>): Promise<void> {
  try {
    await step;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}
