import type { Protocol } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import { Fault } from "../fault.ts";
import type { KnownMember } from "../membership/member-view.ts";
import type { Moved } from "../membership/membership-table.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import { FailoverBarrier } from "../sharding/failover-barrier.ts";
import type { Logger } from "../telemetry/logger.ts";
import { backoffMs } from "../time/backoff.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import { ClusterLife } from "./cluster-life.ts";
import type { ClusterParts } from "./cluster-parts.ts";
import type { ClusterTopics } from "./cluster-topics.ts";
import type { Reach, RegionParts, Whereabouts } from "./region.ts";

/** What a node in a cluster is made of. */
export interface ClusterNodeParts {
  readonly cluster: ClusterParts;
  readonly clock: Clock;
  readonly log: Logger;
  readonly topics: Pick<ClusterTopics, "topic">;
  /** Begins to reach the others and to take entities, in one life. */
  readonly begin: (parts: RegionParts) => Reach;
  /** An operator wants this node to take nothing more, wherever that was said. */
  readonly onDrainAsked: () => void;
}

/** A member, and how long its lease still runs. */
export interface LeasedMember {
  readonly member: KnownMember;
  /** By the clock of the store; undefined without a lease, or when the store could not be asked. */
  readonly leaseLeftMs: number | undefined;
}

type Phase = "outside" | "joined" | "serving" | "leaving" | "over";

const JOIN_AGAIN = { minMs: 100, maxMs: 5_000, jitter: 0.5 };
/** How long the rest of an old life is waited for before the next one begins, in milliseconds. */
const OLD_LIFE_WITHIN_MS = 2_000;

/**
 * This process in its cluster, through all of its lives there. One that the others count as dead, as after a long pause, cannot go on under its name: it ends that life
 * and joins again as somebody new.
 */
export class ClusterNode {
  readonly #parts: ClusterNodeParts;
  readonly #barrier: FailoverBarrier;
  #phase: Phase = "outside";
  #isTakenOut = false;
  #life: ClusterLife | undefined = undefined;
  readonly #delays = new Set<Cancel>();

  constructor(parts: ClusterNodeParts) {
    this.#parts = parts;
    this.#barrier = new FailoverBarrier(parts.cluster.lease.ttlMs);
  }

  /** The present life; undefined before the first one and between two. */
  get incarnation(): string | undefined {
    return this.#life?.incarnation;
  }

  /** What any node may say to whoever hears it. */
  get topics(): Pick<ClusterTopics, "topic"> {
    return this.#parts.topics;
  }

  /** Whether an operator has had it drain: the others are to go on without it. */
  get isTakenOut(): boolean {
    return this.#isTakenOut;
  }

  get lease(): ClusterParts["lease"] {
    return this.#parts.cluster.lease;
  }

  /** Enters the table; nobody sends anything here yet. @throws Fault of the store; `clusterFull` */
  async join(): Promise<void> {
    this.#phase = "joined";
    await this.#begin();
  }

  /** Takes entities from now on. */
  async serve(): Promise<void> {
    if (this.#phase === "joined") this.#phase = "serving";
    await this.#catchUp();
    // An operator may have been faster.
    if (this.#life !== undefined) this.#lookAtOwnState(this.#life);
  }

  /** Takes nothing more and hands over what it has; resolves when nothing is left here, or after so long. What is left then ends with the process. */
  async drain(withinMs: number): Promise<void> {
    if (this.#phase === "joined" || this.#phase === "serving") this.#phase = "leaving";
    await this.#within(withinMs, this.#handOver());
  }

  /** Leaves for good, after its entities have stopped. */
  async leave(): Promise<void> {
    this.#phase = "over";
    for (const cancel of this.#delays) cancel();
    const life = this.#life;
    this.#life = undefined;
    if (life === undefined) return;
    await life.leave();
    this.#parts.log.info("cluster.left", { incarnation: life.incarnation });
  }

  /** Ends the connections to the store. */
  async close(): Promise<void> {
    await this.#parts.cluster.close();
  }

  /** Another process of this host has ended: none of the others needs to wait for its lease. @throws Fault of the store */
  async reaped(incarnation: string): Promise<void> {
    await this.#parts.cluster.table.end(incarnation, "reaped");
  }

  /** All that are known, with their leases, the dead too. */
  async members(): Promise<readonly LeasedMember[]> {
    const leases = await this.#leases();
    const { members } = this.#present().member.view;
    return Array.from(members.values(), (member) => ({
      member,
      leaseLeftMs: leases.get(member.incarnation),
    }));
  }

  /** An operator has said here that this node is to drain: nobody else needs to order it. */
  takeOut(): void {
    this.#isTakenOut = true;
  }

  /** Has a node drain, wherever it is: it sees that in the table. @throws Fault of the store */
  async drainMember(incarnation: string): Promise<Moved> {
    const moved = await this.#parts.cluster.table.move(incarnation, "leaving");
    await this.#present().member.refresh();
    return moved;
  }

  /** @throws Fault of the store */
  async whereIs(entity: EntityAddress): Promise<Whereabouts> {
    return this.#present().region.whereIs(entity);
  }

  /** An actor of another node. @throws Fault `clusterLeft` between two lives */
  reference<P extends Protocol>(incarnation: string, path: string, protocol: P): Reference<P> {
    return this.#present().distance.reference(incarnation, path, protocol);
  }

  #present(): ClusterLife {
    if (this.#life === undefined) throw new Fault("clusterLeft", { phase: this.#phase });
    return this.#life;
  }

  /** A store that cannot be asked says nothing about leases; all else is known here. */
  async #leases(): Promise<ReadonlyMap<string, number>> {
    try {
      return await this.#parts.cluster.table.leases();
    } catch (error) {
      if (error instanceof Fault) return new Map();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    const { cluster, clock, log, begin } = this.#parts;
    const life = await ClusterLife.begin({
      cluster,
      clock,
      log,
      begin,
      barrier: this.#barrier,
      onViewChanged: (seen) => this.#lookAtOwnState(seen),
      onOver: (ended) => {
        if (ended === this.#life) void this.#beginAnew();
      },
    });
    if (this.#isOver()) return life.leave();
    if (life.isOver) throw new Fault("clusterLeft", { incarnation: life.incarnation });
    this.#life = life;
    log.info("cluster.joined", { incarnation: life.incarnation });
    cluster.onIncarnation?.(life.incarnation);
    await this.#catchUp();
  }

  /** Brings the present life to where the node is. What the store does not take now, the member says again. */
  async #catchUp(): Promise<void> {
    const member = this.#life?.member;
    try {
      if (this.#phase === "serving") await member?.serve();
      if (this.#phase === "leaving") await member?.drain();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }

  #lookAtOwnState(life: ClusterLife): void {
    const state = life.member.view.members.get(life.incarnation)?.state;
    if (state !== "leaving" || this.#phase !== "serving") return;
    this.#phase = "leaving";
    this.#isTakenOut = true;
    this.#parts.log.warn("cluster.drainAsked", { incarnation: life.incarnation });
    this.#parts.onDrainAsked();
  }

  async #beginAnew(): Promise<void> {
    const old = this.#life;
    this.#life = undefined;
    if (old !== undefined) await this.#within(OLD_LIFE_WITHIN_MS, old.close());
    for (let attempt = 0; !this.#isOver() && this.#life === undefined; attempt++) {
      try {
        await this.#begin();
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        this.#parts.log.warn("cluster.joinFailed", { why: error.message });
        await this.#within(backoffMs(JOIN_AGAIN, attempt, Math.random()), new Promise(() => undefined));
      }
    }
  }

  async #handOver(): Promise<void> {
    await this.#catchUp();
    await this.#life?.region.drain();
  }

  /** Waits for something, but not for longer than this, and not beyond the end. */
  async #within(ms: number, something: Promise<unknown>): Promise<void> {
    let end: Cancel = () => undefined;
    const late = new Promise<void>((resolve) => {
      const cancel = this.#parts.clock.after(ms, resolve);
      end = () => {
        cancel();
        resolve();
      };
    });
    this.#delays.add(end);
    try {
      await Promise.race([something, late]);
    } finally {
      this.#delays.delete(end);
      end();
    }
  }

  #isOver(): boolean {
    return this.#phase === "over";
  }
}
