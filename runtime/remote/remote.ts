import type { Protocol } from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { Letter, Parcel } from "../codec/parcel.ts";
import { ParcelCodec } from "../codec/parcel-codec.ts";
import { TravelCodec } from "../codec/travel-codec.ts";
import { Fault } from "../fault.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import { parseEntityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Transport, TransportReceiver } from "../transport/transport.ts";
import { Answers, faultOf } from "./answers.ts";
import { FarWatches } from "./far-watches.ts";
import { NearWatches } from "./near-watches.ts";
import { OpenCalls } from "./open-calls.ts";
import { ParcelSending } from "./parcel-sending.ts";
import { Post } from "./post.ts";
import { ReferenceBook } from "./reference-book.ts";
import { RemoteRef } from "./remote-ref.ts";
import { RemoteTopics } from "./remote-topics.ts";

/** What concerns the place of an entity, and not what is said to it. */
export type PlaceParcel = Extract<
  Parcel,
  { readonly kind: "notHere" | "mark" | "marked" | "handOff" | "handed" | "drained" | "parted" }
>;

/** Who takes what comes for entities. */
export interface EntityDoor {
  letter(from: string, letter: Letter): void;
  /** A delivery out of the inbox of a dead node: that one may have taken it in, and then it has no second effect. */
  adopted(from: string, letter: Letter): void;
  place(from: string, parcel: PlaceParcel): void;
  /** Where an entity is reached; undefined when this node knows none of that type. */
  reference(entity: EntityAddress): AnyReference | undefined;
}

/** What messages to other nodes are made of. */
export interface RemoteParts {
  readonly system: ActorSystem;
  readonly transport: Transport;
  /** Every protocol by which references may be known. */
  readonly protocols: readonly Protocol[];
}

/** Messages to and from other nodes, for one life of this node as a member: the same `tell`, `ask` and `watch` as between actors of one process. */
export class Remote implements TransportReceiver {
  readonly incarnation: string;
  readonly post: Post;
  readonly sending: ParcelSending;
  readonly answers: Answers;
  readonly nearWatches: NearWatches;
  readonly topics: RemoteTopics;
  /** Parcels that could not be read, by what was wrong with them. */
  readonly refused = new Map<string, number>();
  readonly #system: ActorSystem;
  readonly #calls = new OpenCalls();
  readonly #farWatches: FarWatches;
  readonly #book: ReferenceBook;
  readonly #codec: TravelCodec;
  readonly #parcels = new ParcelCodec();
  #entities: EntityDoor | undefined = undefined;
  #isClosed = false;

  constructor({ system, transport, protocols }: RemoteParts) {
    const { incarnation } = transport;
    this.incarnation = incarnation;
    this.#system = system;
    this.#book = new ReferenceBook({
      system,
      incarnation,
      protocols,
      far: (to, protocol) => new RemoteRef(to, protocol, this.post),
      entity: (entity) => this.#entities?.reference(entity),
    });
    this.#codec = new TravelCodec(this.#book);
    this.topics = new RemoteTopics({ system, transport, parcels: this.#parcels, codec: this.#codec });
    this.sending = new ParcelSending(system, transport, (to, parcels) => this.returned(to, parcels));
    this.#farWatches = new FarWatches((at, id) => this.sending.sendSurely(at, { kind: "unwatch", id }));
    this.nearWatches = new NearWatches((to, id) => this.sending.sendSurely(to, { kind: "stopped", id }));
    this.answers = new Answers({ incarnation, codec: this.#codec, sending: this.sending });
    this.post = new Post({
      system,
      incarnation,
      codec: this.#codec,
      calls: this.#calls,
      farWatches: this.#farWatches,
      sending: this.sending,
    });
    transport.listen(this);
  }

  /** How much is open with other nodes. */
  get counts() {
    return {
      questions: this.#calls.questionCount,
      deliveries: this.#calls.deliveryCount,
      watches: this.#farWatches.count,
      watched: this.nearWatches.count,
      answersDropped: this.sending.dropped,
    };
  }

  /** Where the actor at a path of a node is reached, whoever that is when a message arrives. For operators, who know paths and no spawns. */
  reference<P extends Protocol>(incarnation: string, path: string, protocol: P): Reference<P> {
    if (incarnation !== this.incarnation) {
      return new RemoteRef({ incarnation, path }, protocol, this.post) as unknown as Reference<P>;
    }
    return this.#book.read([`actor:${encodeURIComponent(incarnation)}:${path}`, protocol.name]);
  }

  /** Whoever this is takes what comes for entities; one at a time. */
  enter(entities: EntityDoor | undefined): void {
    this.#entities = entities;
  }

  /** That node has ended, for good: its questions and ours, its watches and ours. */
  peerEnded(incarnation: string): void {
    this.sending.nodeEnded(incarnation);
    this.nearWatches.nodeEnded(incarnation);
    this.#calls.nodeEnded(incarnation);
    this.#farWatches.nodeEnded(incarnation);
  }

  /** This life is over: whoever waits for another node is told so. */
  close(): void {
    this.#isClosed = true;
    this.sending.close();
    this.nearWatches.endAll();
    this.#calls.end();
    this.#farWatches.endAll();
  }

  // For the transport.

  readBegan(): void {
    this.#system.hold();
  }

  readEnded(): void {
    this.#system.pump();
  }

  receive(from: string, bytes: Uint8Array): void {
    const parcel = this.#open(from, bytes);
    if (parcel === undefined) return;
    if (this.#isClosed) return this.#tooLate(parcel);
    switch (parcel.kind) {
      case "letter":
        return this.#letter(from, parcel.letter);
      case "reply":
        return this.#reply(parcel);
      case "fault":
        return this.#fault(parcel);
      case "taken":
        return this.#calls.takeDelivery(parcel.id)?.acknowledge();
      case "unwatch":
        return this.nearWatches.remove(from, parcel.id);
      case "stopped":
        return this.#farWatches.get(parcel.id)?.stopped();
      default:
        if (this.#entities === undefined) this.#tooLate(parcel);
        else this.#entities.place(from, parcel);
    }
  }

  adopted(from: string, deadReceiver: string, bytes: Uint8Array): void {
    const parcel = this.#open(from, bytes);
    const letter = letterIn(parcel);
    if (letter === undefined) return;
    // Only what has one effect however often it comes may be tried again.
    const isAgain = parcel?.kind === "letter" && letter.kind === "deliver";
    if (isAgain && this.#entities !== undefined) this.#entities.adopted(from, letter);
    else this.#lost(letter, deadReceiver);
  }

  returned(to: string, parcels: readonly Uint8Array[]): void {
    for (const bytes of parcels) {
      const letter = letterIn(this.#parcels.decode(bytes));
      // Who asks is told by `peerEnded`, and who delivers sends again.
      if (letter !== undefined) this.#lost(letter, to);
    }
  }

  /** Counts a letter that cannot be read. */
  notUnderstood(
    from: string,
    letter: Letter,
    refusal: { readonly code: string; readonly text: string },
  ): void {
    this.#count(refusal.code);
    this.#system.deadLetters.add("notUnderstood", letter.to, kindOf(letter));
    this.#system.log.warn("remote.notUnderstood", { from, to: letter.to, why: refusal.text });
    if (letter.kind !== "ask" && letter.kind !== "request") return;
    this.answers.refuse(
      from,
      letter.id,
      new Fault("cannotTravel", { address: letter.to, why: refusal.text }),
    );
  }

  #open(from: string, bytes: Uint8Array): Parcel | undefined {
    const parcel = this.#parcels.decode(bytes);
    if (parcel !== undefined) return parcel;
    this.#count("notAParcel");
    this.#system.deadLetters.add("notUnderstood", `node ${from}`, "");
    this.#system.log.warn("remote.notUnderstood", { from, to: undefined, why: "the bytes are no parcel" });
    return undefined;
  }

  #count(code: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }

  #lost(letter: Letter, node: string): void {
    if (letter.kind === "tell" || letter.kind === "ask" || letter.kind === "request") {
      this.#system.deadLetters.add("nodeLost", `${letter.to} at ${node}`, kindOf(letter));
    }
  }

  #letter(from: string, letter: Letter): void {
    if (parseEntityText(letter.to) === undefined) return this.#toActor(from, letter);
    if (this.#entities !== undefined) return this.#entities.letter(from, letter);
    this.notUnderstood(from, letter, { code: "noEntities", text: "this node has no entities" });
  }

  #toActor(from: string, letter: Letter): void {
    const cell = this.#book.actor(letter.to);
    if (letter.kind === "watch") return this.nearWatches.add(from, letter.id, cell);
    if (cell === undefined) return this.#gone(from, letter);
    const { reference, definition } = cell;
    const { said } = letter;
    if (said === undefined || letter.kind === "deliver" || letter.kind === "request") {
      return this.notUnderstood(from, letter, {
        code: "invalidField",
        text: "only entities take deliveries and requests",
      });
    }
    const understood = this.post.read(definition.protocol as Protocol, said);
    if (!understood.ok) return this.notUnderstood(from, letter, understood.refusal);
    const { message } = understood;
    if (letter.kind === "ask") {
      this.#system.putAsk(this.answers.open(from, letter, reference), message);
    } else if (cell.deliver(message, undefined) === "busy") {
      this.#system.deadLetters.add("mailboxFull", reference.address, message.kind);
    }
  }

  #gone(from: string, letter: Letter): void {
    this.#system.deadLetters.add("actorGone", letter.to, kindOf(letter));
    if (letter.kind === "ask") {
      this.answers.refuse(from, letter.id, new Fault("actorGone", { address: letter.to }));
    }
  }

  #reply({ id, said }: Extract<Parcel, { readonly kind: "reply" }>): void {
    const question = this.#calls.takeQuestion(id);
    if (question === undefined) return this.#late();
    const { ask, protocol, kind } = question;
    const understood = this.#codec.readReply(protocol, kind, said);
    if (understood.ok) return ask.answer(understood.message);
    this.#count(understood.refusal.code);
    ask.refuse(new Fault("cannotTravel", { address: ask.to.address, why: understood.refusal.text }));
  }

  #fault({ id, code, details }: Extract<Parcel, { readonly kind: "fault" }>): void {
    const fault = faultOf(code, details);
    const question = this.#calls.takeQuestion(id);
    if (question !== undefined) return question.ask.refuse(fault);
    const delivery = this.#calls.takeDelivery(id);
    if (delivery === undefined) this.#late();
    else delivery.acknowledge(fault);
  }

  /** Nobody here takes anything any more. */
  #tooLate(parcel: Parcel): void {
    if (parcel.kind === "letter") this.#lost(parcel.letter, this.incarnation);
    else if (parcel.kind === "notHere") {
      this.#system.deadLetters.add("unroutable", parcel.letter.to, kindOf(parcel.letter));
    }
  }

  #late(): void {
    this.#system.deadLetters.add("lateReply", "outside", "");
  }
}

/** What a parcel brings for an actor, also where it brings it back. */
function letterIn(parcel: Parcel | undefined): Letter | undefined {
  return parcel?.kind === "letter" || parcel?.kind === "notHere" ? parcel.letter : undefined;
}

function kindOf({ said }: Letter): string {
  const kind = (said?.message as { readonly kind?: unknown } | undefined)?.kind;
  return typeof kind === "string" ? kind.slice(0, 60) : "";
}
