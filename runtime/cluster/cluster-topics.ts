import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { TopicProtocol } from "../../protocols/topic.ts";
import { ActorRef } from "../actor/actor-ref.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import { Fault } from "../fault.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import type { RemoteTopics } from "../remote/remote-topics.ts";
import type { Cancel } from "../time/clock.ts";

/** Where a topic is reached, from any node. */
export interface Topic<P extends Protocol> {
  /** All who are attached, on all nodes: what is told here goes once to each node that has some, in the order of its sender, or gets lost. */
  readonly all: Reference<P>;
  /** Where actors of this node attach themselves. */
  readonly entrance: Reference<TopicProtocol>;
}

/** One life of this node, as topics need it. */
type Life = Pick<RemoteTopics, "tell" | "hear">;

/** Topics of the cluster as this process hears them, through all of its lives there. Who hears is known to each node alone; Redis knows which nodes. */
export class ClusterTopics {
  readonly #system: ActorSystem;
  /** Those that somebody hears here. */
  readonly #heard = new Map<string, HeardTopic>();
  #life: Life | undefined = undefined;

  constructor(system: ActorSystem) {
    this.#system = system;
  }

  /** How many topics are heard here. */
  get size(): number {
    return this.#heard.size;
  }

  /** A topic of this name; everybody who uses it has to name the same protocol. */
  topic<P extends Protocol>(name: string, protocol: P): Topic<P> {
    const all = new TopicAll(name, protocol, (message) => this.#tell(name, protocol, message));
    const entrance = new TopicEntrance(name, (message) => this.#take(name, protocol, message));
    return { all: all as unknown as Reference<P>, entrance };
  }

  /** Another life of this node has begun: what was heard in the one before is heard in this one. */
  begin(life: Life): void {
    this.#life = life;
    for (const topic of this.#heard.values()) topic.hearIn(life);
  }

  /** That life is over: nobody is reached until the next one begins. */
  end(life: Life): void {
    if (this.#life === life) this.#life = undefined;
  }

  #tell(name: string, protocol: Protocol, message: TaggedMessage): Verdict {
    // Between two lives nobody is reached; it may get lost.
    if (this.#life === undefined) return "busy";
    try {
      this.#life.tell(name, protocol, message);
      return "accepted";
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#system.deadLetters.add("cannotTravel", `topic ${name}`, message.kind);
      return "gone";
    }
  }

  #take(name: string, protocol: Protocol, { kind, receiver }: TaggedMessage): Verdict {
    const hearer = receiver as AnyReference;
    const topic = this.#heard.get(name);
    if (kind === "attach") {
      const heard = topic ?? this.#open(name, protocol);
      heard.receivers.set(hearer.address, hearer);
      return "accepted";
    }
    if (kind !== "detach") return "gone";
    topic?.receivers.delete(hearer.address);
    if (topic?.receivers.size === 0) this.#close(name, topic);
    return "accepted";
  }

  #open(name: string, protocol: Protocol): HeardTopic {
    const topic: HeardTopic = new HeardTopic(name, protocol, (message) => {
      for (const receiver of topic.receivers.values()) this.#pass(topic, receiver, message);
      if (topic.receivers.size === 0) this.#close(name, topic);
    });
    this.#heard.set(name, topic);
    if (this.#life !== undefined) topic.hearIn(this.#life);
    return topic;
  }

  #pass({ receivers }: HeardTopic, receiver: AnyReference, message: TaggedMessage): void {
    const verdict = (receiver as ActorRef<Protocol>).deliver(message, undefined);
    if (verdict === "gone") receivers.delete(receiver.address);
    else if (verdict === "busy") this.#system.deadLetters.add("mailboxFull", receiver.address, message.kind);
  }

  #close(name: string, topic: HeardTopic): void {
    topic.leave();
    if (this.#heard.get(name) === topic) this.#heard.delete(name);
  }
}

/** A topic that somebody of this node hears. */
class HeardTopic {
  /** By address. */
  readonly receivers = new Map<string, AnyReference>();
  readonly #name: string;
  readonly #protocol: Protocol;
  readonly #listener: (message: TaggedMessage) => void;
  leave: Cancel = () => undefined;

  constructor(name: string, protocol: Protocol, listener: (message: TaggedMessage) => void) {
    this.#name = name;
    this.#protocol = protocol;
    this.#listener = listener;
  }

  hearIn(life: Life): void {
    this.leave();
    this.leave = life.hear(this.#name, this.#protocol, this.#listener);
  }
}

/** All who hear a topic. */
class TopicAll extends ActorRef<Protocol> {
  readonly address: string;
  readonly #protocol: Protocol;
  readonly #tell: (message: TaggedMessage) => Verdict;

  constructor(name: string, protocol: Protocol, tell: (message: TaggedMessage) => Verdict) {
    super();
    this.address = `topic ${name}`;
    this.#protocol = protocol;
    this.#tell = tell;
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    if (ask === undefined && this.#protocol.tell[message.kind] !== undefined) return this.#tell(message);
    return unhandled(this.address, message, ask);
  }
}

/** Where one attaches to a topic. */
class TopicEntrance extends ActorRef<TopicProtocol> {
  readonly address: string;
  readonly #take: (message: TaggedMessage) => Verdict;

  constructor(name: string, take: (message: TaggedMessage) => Verdict) {
    super();
    this.address = `entrance of topic ${name}`;
    this.#take = take;
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    return ask === undefined ? this.#take(message) : unhandled(this.address, message, ask);
  }
}

function unhandled(address: string, { kind }: TaggedMessage, ask: OpenAsk | undefined): Verdict {
  ask?.refuse(new Fault("unhandledKind", { kind, address }));
  return "gone";
}
