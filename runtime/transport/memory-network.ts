import { Fault } from "../fault.ts";
import type { Logger } from "../telemetry/logger.ts";
import { SILENT } from "../telemetry/silent-log.ts";
import type { Clock } from "../time/clock.ts";
import { MemoryInboxes } from "./memory-inboxes.ts";
import { MemoryStreams } from "./memory-streams.ts";
import { MemoryTopics } from "./memory-topics.ts";
import type { Subscription } from "./memory-topics.ts";
import { StreamTransport } from "./stream-transport.ts";

/** What goes wrong in a network, each a share of 0 to 1. */
export interface NetworkFaults {
  /** Additions to an inbox that are answered and then forgotten, as a failover does. */
  readonly addLost: number;
  /** Additions without an answer; half of them are carried out. */
  readonly addUnanswered: number;
  /** Publications that a subscriber does not hear. */
  readonly publicationLost: number;
}

/** How a network is made. */
export interface NetworkOptions {
  readonly clock: Clock;
  /** Chance, from 0 up to, and without, 1: seeded, so that a run can be had again. Needed where there are faults or differing delays. */
  readonly random?: () => number;
  /** How long something takes to the store, and from it; 0 takes no time at all. */
  readonly delayMs?: { readonly min: number; readonly max: number };
  readonly faults?: Partial<NetworkFaults>;
  readonly log?: Logger;
}

/** A process of a network: it has a clock of its own, and may stand still while all others go on. */
export interface NetworkProcess extends Clock {
  /** Does something in it: now, or once it goes on. */
  run(task: () => void): void;
}

const NO_FAULTS: NetworkFaults = { addLost: 0, addUnanswered: 0, publicationLost: 0 };

/** Nodes of one process that are connected like those of a cluster: with the same protocol, over inboxes in memory, on any clock, with any trouble. */
export class MemoryNetwork {
  readonly streams = new MemoryStreams();
  readonly subscriptions = new Set<Subscription>();
  readonly clock: Clock;
  /** What goes wrong from now on. */
  faults: NetworkFaults;
  readonly #log: Logger;
  readonly #random: () => number;
  readonly #delayMs: { readonly min: number; readonly max: number };
  readonly #nodes = new Map<string, MemoryInboxes>();
  readonly #killed = new Set<string>();
  #isReachable = true;

  constructor({
    clock,
    random = () => 0,
    delayMs = { min: 0, max: 0 },
    faults,
    log = SILENT,
  }: NetworkOptions) {
    this.clock = clock;
    this.#random = random;
    this.#delayMs = delayMs;
    this.#log = log;
    this.faults = { ...NO_FAULTS, ...faults };
  }

  /** The transport of another incarnation, in a process of its own if one is given. */
  async join(incarnation: string, process?: NetworkProcess): Promise<StreamTransport> {
    const run = (task: () => void): void => (process === undefined ? task() : process.run(task));
    const inboxes = new MemoryInboxes(this, incarnation, run);
    const topics = new MemoryTopics(this, incarnation, run);
    this.#nodes.set(incarnation, inboxes);
    return StreamTransport.open({
      incarnation,
      inboxes,
      topics,
      clock: process ?? this.clock,
      log: this.#log,
    });
  }

  /** The process of an incarnation ends at once: nothing comes from it any more, and nothing is handled. Nobody is told. */
  kill(incarnation: string): void {
    this.#killed.add(incarnation);
    this.#nodes.get(incarnation)?.kill();
    for (const subscription of this.subscriptions) {
      if (subscription.node === incarnation) this.subscriptions.delete(subscription);
    }
  }

  isKilled(incarnation: string): boolean {
    return this.#killed.has(incarnation);
  }

  /** Whether the store answers. */
  set isReachable(isReachable: boolean) {
    this.#isReachable = isReachable;
    if (!isReachable) for (const inboxes of this.#nodes.values()) inboxes.fail();
  }

  get isReachable(): boolean {
    return this.#isReachable;
  }

  /** The store forgets everything. */
  forget(): void {
    this.streams.forget();
    for (const inboxes of this.#nodes.values()) inboxes.look();
  }

  /** Something has come into an inbox. */
  ring(incarnation: string): void {
    this.#nodes.get(incarnation)?.look();
  }

  chance(share: number): boolean {
    return share > 0 && this.#random() < share;
  }

  /** Runs `task` when what goes one way now has arrived; what leaves later on the same way arrives later. */
  deliver(way: Way, task: () => void): void {
    const { min, max } = this.#delayMs;
    if (max === 0) return queueMicrotask(task);
    const nowMs = this.clock.nowMs();
    way.arrivesAtMs = Math.max(way.arrivesAtMs, nowMs + min + this.#random() * (max - min));
    way.tasks.push(task);
    // Timers of a real clock may overtake each other; what is on the way may not.
    this.clock.after(way.arrivesAtMs - nowMs, () => way.tasks.shift()?.());
  }

  unreachable(): Fault {
    return new Fault("redisUnanswered", { why: "the network is cut" });
  }
}

/** One direction of a connection: nothing on it overtakes anything. */
export interface Way {
  arrivesAtMs: number;
  readonly tasks: (() => void)[];
}
