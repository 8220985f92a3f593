import type { Protocol } from "../../protocols/protocol.ts";
import { Fault, withoutStacks } from "../fault.ts";
import type { Ask, AskHolder } from "../kernel/ask.ts";

/** Questions that may be open with other nodes at once; the next one is answered `mailboxFull`. */
export const QUESTIONS_MAX = 100_000;
/** Deliveries whose receipts are awaited; the oldest is forgotten, and its sender sends it again. */
export const DELIVERIES_MAX = 100_000;

/** A question at another node, and how its answer is to be read. */
export interface OpenQuestion {
  readonly ask: Ask;
  /** The incarnation of the node that is to answer. */
  readonly at: string;
  readonly protocol: Protocol;
  readonly kind: string;
}

/** A delivery at another node. */
export interface OpenDelivery {
  readonly at: string;
  /** The same for each repetition. */
  readonly key: string;
  /** Called when it has been taken in for good, or with why it never will be. */
  readonly acknowledge: (refused?: Fault) => void;
}

/** What other nodes have been asked and not answered yet. */
export class OpenCalls implements AskHolder {
  readonly #questions = new Map<number, OpenQuestion>();
  /** The same by the node that is to answer. */
  readonly #byNode = new Map<string, Set<number>>();
  readonly #deliveries = new Map<number, OpenDelivery>();
  readonly #deliveryIds = new Map<string, number>();
  #latestId = 0;

  get questionCount(): number {
    return this.#questions.size;
  }

  get deliveryCount(): number {
    return this.#deliveries.size;
  }

  /** The number under which the answer will come; undefined when too many are open. */
  ask(question: OpenQuestion): number | undefined {
    if (this.#questions.size >= QUESTIONS_MAX) return undefined;
    const id = ++this.#latestId;
    const { ask, at } = question;
    this.#questions.set(id, question);
    let ids = this.#byNode.get(at);
    if (ids === undefined) this.#byNode.set(at, (ids = new Set()));
    ids.add(id);
    ask.holder = this;
    ask.ticket = id;
    return id;
  }

  /** Takes a question out, because its answer is here or it goes elsewhere; undefined when it has ended. */
  takeQuestion(id: number): OpenQuestion | undefined {
    const question = this.#questions.get(id);
    if (question === undefined) return undefined;
    this.#questions.delete(id);
    const ids = this.#byNode.get(question.at);
    ids?.delete(id);
    if (ids?.size === 0) this.#byNode.delete(question.at);
    question.ask.holder = undefined;
    return question;
  }

  forgetAsk(ask: Ask): void {
    this.takeQuestion(ask.ticket);
  }

  /** The number under which the receipt will come. */
  deliver(delivery: OpenDelivery): number {
    const earlier = this.#deliveryIds.get(delivery.key);
    if (earlier !== undefined) this.takeDelivery(earlier);
    const id = ++this.#latestId;
    this.#deliveries.set(id, delivery);
    this.#deliveryIds.set(delivery.key, id);
    if (this.#deliveries.size > DELIVERIES_MAX) {
      const [oldest] = this.#deliveries.keys();
      if (oldest !== undefined) this.takeDelivery(oldest);
    }
    return id;
  }

  takeDelivery(id: number): OpenDelivery | undefined {
    const delivery = this.#deliveries.get(id);
    if (delivery === undefined) return undefined;
    this.#deliveries.delete(id);
    this.#deliveryIds.delete(delivery.key);
    return delivery;
  }

  /** That node will not answer any more. */
  nodeEnded(incarnation: string): void {
    withoutStacks(() => {
      for (const id of this.#byNode.get(incarnation) ?? []) this.#refuse(id, incarnation);
    });
  }

  /** Nobody will be heard any more. */
  end(): void {
    for (const [id, { at }] of this.#questions) this.#refuse(id, at);
    this.#deliveries.clear();
    this.#deliveryIds.clear();
  }

  #refuse(id: number, node: string): void {
    const question = this.takeQuestion(id);
    question?.ask.refuse(new Fault("nodeLost", { address: question.ask.to.address, node }));
  }
}
