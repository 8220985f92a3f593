import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import { ClusterTopics } from "../../runtime/cluster/cluster-topics.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import type { Cancel } from "../../runtime/time/clock.ts";

type Listener = (message: TaggedMessage) => void;

/** What topics go through between nodes of one process: everything is heard by everybody, unless the test wants it lost. */
export class TopicAir {
  /** Whether what is told gets lost from now on. */
  isDeaf = false;
  /** What was told, as `topic kind`. */
  readonly told: string[] = [];
  readonly #listeners = new Map<string, Set<Listener>>();

  /** The topics of one more node. */
  node(system: ActorSystem): ClusterTopics {
    const topics = new ClusterTopics(system);
    topics.begin(this);
    return topics;
  }

  /** On how many nodes a topic is heard. */
  heardBy(topic: string): number {
    return this.#listeners.get(topic)?.size ?? 0;
  }

  tell(topic: string, _protocol: Protocol, message: TaggedMessage): void {
    this.told.push(`${topic} ${message.kind}`);
    if (this.isDeaf) return;
    for (const listener of this.#listeners.get(topic) ?? []) listener(message);
  }

  hear(topic: string, _protocol: Protocol, listener: Listener): Cancel {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }
}
