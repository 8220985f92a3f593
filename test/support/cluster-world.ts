import { ClusterNode } from "../../runtime/cluster/cluster-node.ts";
import type { Reach, RegionParts } from "../../runtime/cluster/region.ts";
import { SAFE_LEASE } from "../../runtime/membership/lease.ts";
import { MemoryMembershipTable } from "../../runtime/membership/memory-membership-table.ts";
import { MemoryOwnership } from "../../runtime/sharding/memory-ownership.ts";
import { VirtualClock } from "../../runtime/time/virtual-clock.ts";
import type { Transport } from "../../runtime/transport/transport.ts";
import { LogRecord } from "./log-record.ts";
import { memberFacts } from "./member-facts.ts";
import { ProcessClock } from "./process-clock.ts";
import { ShakyTable } from "./shaky-table.ts";
import { microtasks } from "./virtual-system.ts";

/** A process that is a node of a cluster, and what its region and its transport were told: `fenced`, `restored`, `peerEnded b`, `drain`. */
export interface ClusterProcess {
  readonly node: ClusterNode;
  readonly clock: ProcessClock;
  readonly way: ShakyTable;
  readonly log: LogRecord;
  readonly told: string[];
  /** Of each life, the first one first. */
  readonly incarnations: string[];
}

/** Several processes on one table, and the time between them. Nothing travels between them. */
export class ClusterWorld {
  readonly clock = new VirtualClock(1_700_000_000_000);
  readonly table = new MemoryMembershipTable(this.clock, { lease: SAFE_LEASE });

  /** A process of this name that has not joined yet. */
  process(name: string): ClusterProcess {
    const clock = new ProcessClock(this.clock);
    const way = new ShakyTable(this.table, this.clock, clock);
    const log = new LogRecord();
    const told: string[] = [];
    const incarnations: string[] = [];
    const { incarnation: _, ...facts } = memberFacts(name);
    const node = new ClusterNode({
      clock,
      log,
      cluster: {
        facts,
        lease: SAFE_LEASE,
        table: way,
        ownership: new MemoryOwnership(this.clock),
        shardOf: () => "all",
        transport: async (incarnation) => silentTransport(incarnation, told),
        onIncarnation: (incarnation) => void incarnations.push(incarnation),
        close: async () => void told.push("closed"),
      },
      topics: { topic: () => notHere() },
      begin: (parts) => quietReach(parts, told),
      onDrainAsked: () => void told.push("drainAsked"),
    });
    return { node, clock, way, log, told, incarnations };
  }

  /** A process of this name that serves. */
  async start(name: string): Promise<ClusterProcess> {
    const started = this.process(name);
    await started.node.join();
    await started.node.serve();
    return started;
  }

  /** Lets time pass in all processes that are not paused. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.clock.nowMs() + durationMs;
    do await microtasks();
    while (this.clock.step(endMs - this.clock.nowMs()));
    this.clock.advance(endMs - this.clock.nowMs());
  }

  /** The states in the table, of all lives of a node in the order in which they joined. */
  async states(): Promise<Record<string, string[]>> {
    const { rows } = await this.table.read();
    const states: Record<string, string[]> = {};
    for (const { node, state, ended } of rows) {
      (states[node] ??= []).push(ended === undefined ? state : `${state} ${ended.cause}`);
    }
    return states;
  }
}

function silentTransport(incarnation: string, told: string[]): Transport {
  return {
    incarnation,
    send: () => "gone",
    listen: () => undefined,
    publish: () => undefined,
    subscribe: () => () => undefined,
    peerEnded: (ended) => void told.push(`peerEnded ${String(ended.split("/")[0])}`),
    close: async () => void told.push("transport closed"),
  };
}

function quietReach(_parts: RegionParts, told: string[]): Reach {
  return {
    region: {
      viewChanged: () => undefined,
      fenced: () => void told.push("fenced"),
      restored: () => void told.push("restored"),
      lost: () => undefined,
      drain: async () => void told.push("drain"),
      whereIs: async () => ({ kind: "free", belongsTo: undefined }),
      close: () => void told.push("region closed"),
    },
    distance: {
      reference: () => notHere(),
      close: () => undefined,
    },
  };
}

function notHere(): never {
  throw new Error("nothing travels here");
}
