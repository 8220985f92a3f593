import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { Verdict } from "../actor/actor-ref.ts";
import type { RequestName } from "../codec/done-request.ts";
import type { Letter } from "../codec/parcel.ts";
import type { Receipt } from "../codec/record-codec.ts";
import type { Said, TravelCodec, Understood } from "../codec/travel-codec.ts";
import { Fault } from "../fault.ts";
import { asError } from "../kernel/as-error.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import type { Ask } from "../kernel/ask.ts";
import { CHAIN_MAX, chainOf } from "./ask-chain.ts";
import type { FarWatch, FarWatches } from "./far-watches.ts";
import type { OpenCalls, OpenDelivery, OpenQuestion } from "./open-calls.ts";
import type { ParcelSending } from "./parcel-sending.ts";

/** What is told, asked or delivered. */
export interface SaidMail {
  /** Of the receiver; undefined when this node does not know it. */
  readonly protocol: Protocol | undefined;
  readonly message: TaggedMessage;
  readonly ask?: Ask | undefined;
  /** Of a question that has one effect and one answer, however often it comes. */
  readonly request?: RequestName | undefined;
  readonly delivery?: (Pick<OpenDelivery, "acknowledge"> & { readonly receipt: Receipt }) | undefined;
  readonly hops?: number;
  readonly isHanded?: boolean;
}

/** A watch that is to begin. */
export interface WatchMail {
  readonly watch: FarWatch;
  readonly hops?: number;
}

/** A call to an entity to look whether a reminder is due. */
export interface WakeMail {
  readonly wake: true;
  readonly hops?: number;
}

/** Something on its way from here to a receiver on another node. */
export type Mail = SaidMail | WatchMail | WakeMail;

/** What a post is made of. */
export interface PostParts {
  readonly system: ActorSystem;
  readonly incarnation: string;
  readonly codec: TravelCodec;
  readonly calls: OpenCalls;
  readonly farWatches: FarWatches;
  readonly sending: ParcelSending;
}

/** Writes letters to receivers on other nodes, and remembers who waits for what comes back. */
export class Post {
  readonly #parts: PostParts;

  constructor(parts: PostParts) {
    this.#parts = parts;
  }

  get farWatches(): FarWatches {
    return this.#parts.farWatches;
  }

  /**
   * Sends a letter. `busy`: nothing was kept, and whoever asks is still to be told. `gone`: the node has ended or the message cannot travel; that is counted, and whoever waits
   * for it is told.
   */
  send(at: string, to: string, mail: Mail): Verdict {
    if ("watch" in mail) return this.#sendWatch(at, to, mail);
    return "wake" in mail ? this.#sendWake(at, to, mail) : this.#sendSaid(at, to, mail);
  }

  /** What a letter of this node that has come back was made of; undefined when nobody waits for it any more. */
  takeBack(letter: Letter, protocol: Protocol): Mail | undefined {
    const { kind, said, id, hops, receipt, request } = letter;
    const { calls } = this.#parts;
    if (kind === "wake") return { wake: true, hops: hops + 1 };
    if (kind === "watch") return this.#watchBack(letter);
    const message = said === undefined ? undefined : this.#readBack(protocol, letter.to, said);
    if (message === undefined) return undefined;
    const back = { protocol, message, hops: hops + 1 };
    if (kind === "tell") return back;
    if (kind === "ask" || kind === "request") {
      const ask = calls.takeQuestion(id)?.ask;
      return ask && { ...back, ask, request };
    }
    const open = calls.takeDelivery(id);
    return open && receipt && { ...back, delivery: { receipt, acknowledge: open.acknowledge } };
  }

  #watchBack({ id, hops }: Letter): WatchMail | undefined {
    const watch = this.#parts.farWatches.get(id);
    if (watch === undefined) return undefined;
    watch.at = undefined;
    return { watch, hops: hops + 1 };
  }

  /** What another node has said to a receiver of this protocol. */
  read(protocol: Protocol, said: Said): Understood {
    return this.#parts.codec.read(protocol, said);
  }

  #readBack(protocol: Protocol, to: string, said: Said): TaggedMessage | undefined {
    const understood = this.read(protocol, said);
    if (understood.ok) return understood.message;
    this.#parts.system.deadLetters.add("notUnderstood", to, "");
    return undefined;
  }

  #sendWatch(at: string, to: string, { watch, hops = 0 }: WatchMail): Verdict {
    const letter: Letter = { kind: "watch", to, hops, isHanded: false, id: watch.id };
    const verdict = this.#parts.sending.send(at, { kind: "letter", letter });
    if (verdict === "accepted") watch.at = at;
    // Whoever cannot be asked to tell counts as lost: to wait for ever would be worse.
    else watch.stopped();
    return verdict;
  }

  /** One that gets lost comes again. */
  #sendWake(at: string, to: string, { hops = 0 }: WakeMail): Verdict {
    const letter: Letter = { kind: "wake", to, hops, isHanded: false, id: 0 };
    return this.#parts.sending.send(at, { kind: "letter", letter });
  }

  #sendSaid(at: string, to: string, mail: SaidMail): Verdict {
    const letter = this.#write(at, to, mail);
    if (letter === "busy" || letter === "gone") return letter;
    let verdict: Verdict;
    try {
      verdict = this.#parts.sending.send(at, { kind: "letter", letter });
    } catch (error) {
      this.#close(letter);
      return this.#refuse("cannotTravel", to, mail, asError(error));
    }
    if (verdict === "accepted") return verdict;
    this.#close(letter);
    if (verdict === "busy") return verdict;
    return this.#refuse("nodeLost", to, mail, new Fault("nodeLost", { address: to, node: at }));
  }

  #write(at: string, to: string, mail: SaidMail): Letter | "busy" | "gone" {
    const { protocol, message, ask, request, delivery, hops = 0, isHanded = false } = mail;
    let said: Said;
    try {
      if (protocol === undefined) throw new Fault("cannotTravel", { address: to, why: "unknown protocol" });
      said = this.#parts.codec.write(protocol, message);
    } catch (error) {
      return this.#refuse("cannotTravel", to, mail, asError(error));
    }
    if (ask !== undefined) {
      const letter = this.#question({ to, hops, isHanded, said }, { ask, at, protocol, kind: message.kind });
      if (request === undefined || typeof letter === "string") return letter;
      return { ...letter, kind: "request", request };
    }
    if (delivery === undefined) return { kind: "tell", to, hops, isHanded, said, id: 0 };
    const { receipt, acknowledge } = delivery;
    const key = `${to} ${receipt.seq} ${receipt.sender}`;
    const id = this.#parts.calls.deliver({ at, key, acknowledge });
    return { kind: "deliver", to, hops, isHanded, said, id, receipt };
  }

  #question(
    { to, hops, isHanded, said }: Pick<Letter, "to" | "hops" | "isHanded"> & { readonly said: Said },
    question: OpenQuestion,
  ): Letter | "busy" | "gone" {
    const { calls, incarnation, system } = this.#parts;
    const { ask } = question;
    const chain = chainOf(ask, incarnation);
    if (chain.length > CHAIN_MAX) {
      ask.refuse(new Fault("askCycle", { address: to, nodes: chain.length }));
      return "gone";
    }
    const id = calls.ask(question);
    if (id === undefined) return "busy";
    // One that waits already has less time left than it had.
    const leftMs = ask.queue === undefined ? ask.deadlineMs : ask.dueMs - system.clock.nowMs();
    return { kind: "ask", to, hops, isHanded, said, id, withinMs: Math.max(0, leftMs), chain };
  }

  /** It was not sent, so nothing will come back. */
  #close({ kind, id }: Letter): void {
    if (kind === "ask" || kind === "request") this.#parts.calls.takeQuestion(id);
    else if (kind === "deliver") this.#parts.calls.takeDelivery(id);
  }

  #refuse(reason: "cannotTravel" | "nodeLost", to: string, mail: SaidMail, error: Error): "gone" {
    this.#parts.system.deadLetters.add(reason, to, mail.message.kind);
    mail.ask?.refuse(
      error instanceof Fault ? error : new Fault("cannotTravel", { address: to }, { cause: error }),
    );
    return "gone";
  }
}
