import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { ActorRef, OpenAsk } from "../actor/actor-ref.ts";
import type { RequestName } from "../codec/done-request.ts";
import type { Letter } from "../codec/parcel.ts";
import { Fault } from "../fault.ts";
import type { FaultCode } from "../fault.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import type { Ask } from "../kernel/ask.ts";
import type { DeadLetterReason } from "../kernel/dead-letters.ts";
import { watch } from "../kernel/watch.ts";
import type { Mail, SaidMail } from "../remote/post.ts";
import type { Remote } from "../remote/remote.ts";
import { DELIVERED, REQUESTED } from "./entity-actor.ts";
import { REMINDED } from "./entity-life.ts";
import type { Delivery } from "./origin.ts";
import type { EntityType } from "./entity-type.ts";
import type { Foreign } from "./transit.ts";

/** A message that came in, with its sender's own numbering. */
type Delivered = TaggedMessage & Delivery & { readonly message: TaggedMessage };

/** A message with the name of a request. */
type Requested = TaggedMessage & { readonly message: TaggedMessage; readonly request: RequestName };

/** An entity that something is meant for. */
export interface Wanted {
  readonly type: EntityType;
  readonly id: string;
}

/** What is sent to entities: made of messages, given to the entity when it is here, refused when nobody takes it. */
export class EntityMail {
  readonly #system: ActorSystem;
  readonly #remote: Remote;

  constructor(system: ActorSystem, remote: Remote) {
    this.#system = system;
    this.#remote = remote;
  }

  /** A message of this node, ready to go to another one. */
  of(type: EntityType, message: TaggedMessage, ask: OpenAsk | undefined): Mail {
    const protocol = type.kind.definition.protocol as Protocol;
    if (message.kind === REMINDED) return { wake: true };
    if (message.kind === REQUESTED) {
      const { request, message: requested } = message as Requested;
      return { protocol, message: requested, request, ask: ask as Ask | undefined };
    }
    if (message.kind !== DELIVERED) return { protocol, message, ask: ask as Ask | undefined };
    const { receipt, acknowledge, message: delivered } = message as Delivered;
    return { protocol, message: delivered, delivery: { receipt, acknowledge } };
  }

  /** A letter of another node as mail of this one, which answers for it from now on; undefined when it cannot be read. */
  adopt({ type, id }: Wanted, { from, letter }: Foreign): Mail | undefined {
    if (letter.kind === "wake") return { wake: true, hops: letter.hops };
    const message = this.#read(type, { from, letter });
    if (message === undefined) return undefined;
    const mail = { protocol: type.kind.definition.protocol as Protocol, message, hops: letter.hops };
    if (isQuestion(letter)) {
      const ask = this.#question({ type, id }, { from, letter });
      this.#system.awaitAnswer(ask);
      const { request } = letter;
      return request === undefined ? { ...mail, ask } : { ...mail, ask, request };
    }
    const delivery = this.#deliveryOf({ from, letter });
    return delivery === undefined ? mail : { ...mail, delivery };
  }

  /** Gives what was sent from this node to the entity in its memory. */
  give({ type, id, key }: Wanted & { readonly key: string }, mail: Mail): void {
    if ("watch" in mail) {
      const cell = type.presentCell(id);
      if (cell === undefined) return mail.watch.stopped();
      // From now on it is a watch like any other in this process.
      const { watcher, address, message } = mail.watch;
      this.#remote.post.farWatches.end(watcher, address);
      return watch(watcher, cell, message);
    }
    const message = "wake" in mail ? { kind: REMINDED } : messageOf(mail);
    const ask = "wake" in mail ? undefined : mail.ask;
    if (ask?.settled === true) return;
    if (type.sendHere(id, message, ask) === "accepted" || "wake" in mail) return;
    this.refuse(key, mail, "mailboxFull", "mailboxFull");
  }

  /** Gives what another node has sent to the entity in the memory of this one. */
  giveForeign({ type, id }: Wanted, { from, letter }: Foreign): void {
    if (letter.kind === "watch") {
      return this.#remote.nearWatches.add(from, letter.id, type.presentCell(id));
    }
    if (letter.kind === "wake") return void type.sendHere(id, { kind: REMINDED }, undefined);
    const message = this.#read(type, { from, letter });
    if (message === undefined) return;
    if (isQuestion(letter)) return this.#ask({ type, id }, message, { from, letter });
    const delivery = this.#deliveryOf({ from, letter });
    const sent = delivery === undefined ? message : { kind: DELIVERED, message, ...delivery };
    if (type.sendHere(id, sent, undefined) === "accepted" || delivery !== undefined) return;
    this.#system.deadLetters.add("mailboxFull", letter.to, message.kind);
  }

  /** Ends what was sent from this node and will not be taken by anybody: counted, and whoever waits is told. */
  refuse(key: string, mail: Mail, code: FaultCode, reason: DeadLetterReason): void {
    if ("watch" in mail) return mail.watch.stopped();
    // Whoever wakes calls again, and whoever delivers sends again.
    if ("wake" in mail || mail.delivery !== undefined) return;
    this.#system.deadLetters.add(reason, key, mail.message.kind);
    mail.ask?.refuse(new Fault(code, { address: key }));
  }

  /** The same for a letter of another node. */
  refuseForeign({ from, letter }: Foreign, code: FaultCode, reason: DeadLetterReason): void {
    if (letter.kind === "watch") {
      return this.#remote.sending.sendSurely(from, { kind: "stopped", id: letter.id });
    }
    if (letter.kind === "wake" || letter.kind === "deliver") return;
    this.#system.deadLetters.add(reason, letter.to, kindOf(letter));
    if (!isQuestion(letter)) return;
    this.#remote.answers.refuse(from, letter.id, new Fault(code, { address: letter.to }));
  }

  #ask({ type, id }: Wanted, message: TaggedMessage, { from, letter }: Foreign): void {
    const ask = this.#question({ type, id }, { from, letter });
    const { request } = letter;
    const sent = request === undefined ? message : { kind: REQUESTED, message, request };
    const verdict = type.sendHere(id, sent, ask);
    if (verdict === "accepted") this.#system.awaitAnswer(ask);
    else ask.refuse(new Fault("mailboxFull", { address: letter.to }));
  }

  #question({ type, id }: Wanted, { from, letter }: Foreign): Ask {
    return this.#remote.answers.open(from, letter, type.entity(id) as unknown as ActorRef<Protocol>);
  }

  #deliveryOf({ from, letter: { id, receipt } }: Foreign): Delivery | undefined {
    if (receipt === undefined) return undefined;
    const acknowledge = (refused?: Fault): void => {
      if (refused === undefined) this.#remote.sending.answer(from, { kind: "taken", id });
      else this.#remote.answers.refuse(from, id, refused);
    };
    return { receipt, acknowledge };
  }

  #read(type: EntityType, { from, letter }: Foreign): TaggedMessage | undefined {
    if (letter.said === undefined) return undefined;
    const understood = this.#remote.post.read(type.kind.definition.protocol as Protocol, letter.said);
    if (understood.ok) return understood.message;
    this.#remote.notUnderstood(from, letter, understood.refusal);
    return undefined;
  }
}

function messageOf({ message, delivery, request }: SaidMail): TaggedMessage {
  if (request !== undefined) return { kind: REQUESTED, message, request };
  return delivery === undefined ? message : { kind: DELIVERED, message, ...delivery };
}

function kindOf({ said }: Letter): string {
  const kind = (said?.message as { readonly kind?: unknown } | undefined)?.kind;
  return typeof kind === "string" ? kind.slice(0, 60) : "";
}

/** Whether whoever sent it waits for an answer. */
function isQuestion({ kind }: Letter): boolean {
  return kind === "ask" || kind === "request";
}
