import type { Topics } from "./inboxes.ts";
import type { MemoryNetwork, Way } from "./memory-network.ts";

/** Who hears what. */
export interface Subscription {
  readonly node: string;
  readonly topic: string;
  readonly way: Way;
  readonly listener: (bytes: Uint8Array) => void;
}

/** The topics of a network as one node reaches them. */
export class MemoryTopics implements Topics {
  readonly #network: MemoryNetwork;
  readonly #me: string;
  readonly #way: Way = { arrivesAtMs: 0, tasks: [] };
  readonly #run: (task: () => void) => void;
  readonly #own = new Set<Subscription>();

  /** @param run does something in the process of the node, which may stand still */
  constructor(network: MemoryNetwork, me: string, run: (task: () => void) => void) {
    this.#network = network;
    this.#me = me;
    this.#run = run;
  }

  async publish(topic: string, bytes: Uint8Array): Promise<boolean> {
    if (!this.#network.isReachable || this.#network.isKilled(this.#me)) return false;
    for (const subscription of this.#network.subscriptions) {
      if (subscription.topic === topic) this.#say(subscription, Buffer.from(bytes));
    }
    return true;
  }

  #say(subscription: Subscription, bytes: Buffer): void {
    if (this.#network.chance(this.#network.faults.publicationLost)) return;
    this.#network.deliver(subscription.way, () => {
      if (this.#network.subscriptions.has(subscription)) subscription.listener(bytes);
    });
  }

  subscribe(topic: string, listener: (bytes: Uint8Array) => void): () => void {
    const hear = (bytes: Uint8Array): void => this.#run(() => listener(bytes));
    const subscription = { node: this.#me, topic, way: this.#way, listener: hear };
    this.#own.add(subscription);
    this.#network.subscriptions.add(subscription);
    return () => {
      this.#own.delete(subscription);
      this.#network.subscriptions.delete(subscription);
    };
  }

  async close(): Promise<void> {
    for (const subscription of this.#own) this.#network.subscriptions.delete(subscription);
    this.#own.clear();
  }
}
