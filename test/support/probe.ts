import { ActorRef } from "../../runtime/actor/actor-ref.ts";
import type { OpenAsk, Verdict } from "../../runtime/actor/actor-ref.ts";
import type { AskKind, AskMessage, Protocol, Reply, TaggedMessage, Tell } from "../../protocols/protocol.ts";

/** A question that a probe was asked: what, and the way to answer. */
export interface ProbeQuestion<P extends Protocol, K extends AskKind<P>> {
  readonly message: AskMessage<P, K>;
  answer(reply: Reply<P, K>): void;
  refuse(fault: Error): void;
}

/** Stands in for a receiver: keeps what it was told, and answers what it was asked when the test says so. */
export class Probe<P extends Protocol> extends ActorRef<P> {
  readonly protocol: P;
  readonly address: string;
  /** What the next senders hear; nothing is kept unless it is `accepted`. */
  verdict: Verdict = "accepted";
  #told: TaggedMessage[] = [];
  readonly #questions: { message: TaggedMessage; ask: OpenAsk }[] = [];

  constructor(protocol: P, address: string) {
    super();
    this.protocol = protocol;
    this.address = address;
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    const part = ask === undefined ? this.protocol.tell : this.protocol.ask;
    if (!Object.hasOwn(part, message.kind)) {
      throw new TypeError(
        `${this.address}: protocol ${this.protocol.name} has no "${message.kind}" to be ${ask ? "asked" : "told"}`,
      );
    }
    if (this.verdict !== "accepted") return this.verdict;
    if (ask === undefined) this.#told.push(message);
    else this.#questions.push({ message, ask });
    return "accepted";
  }

  /** What it was told since the last call, oldest first. */
  takeTold(): Tell<P>[] {
    const told = this.#told;
    this.#told = [];
    return told as unknown as Tell<P>[];
  }

  /** The oldest question of a kind that waits for an answer. @throws when there is none */
  question<K extends AskKind<P>>(kind: K): ProbeQuestion<P, K> {
    const index = this.#questions.findIndex(({ message }) => message.kind === kind);
    const found = this.#questions[index];
    if (found === undefined) throw new Error(`${this.address} was not asked "${kind}"`);
    this.#questions.splice(index, 1);
    const { message, ask } = found;
    return {
      message: message as unknown as AskMessage<P, K>,
      answer: (reply) => ask.answer(reply),
      refuse: (fault) => ask.refuse(fault),
    };
  }
}
