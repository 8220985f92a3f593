import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { ActorRef } from "../actor/actor-ref.ts";
import type { Letter } from "../codec/parcel.ts";
import type { Said, TravelCodec } from "../codec/travel-codec.ts";
import { Fault, FAULTS } from "../fault.ts";
import type { FaultCode } from "../fault.ts";
import { asError } from "../kernel/as-error.ts";
import { Ask } from "../kernel/ask.ts";
import { AskChain } from "./ask-chain.ts";
import type { ParcelSending } from "./parcel-sending.ts";

/** What answers are made of. */
export interface AnswersParts {
  readonly incarnation: string;
  readonly codec: TravelCodec;
  readonly sending: ParcelSending;
}

/** Whom a question was put to, and which of his questions it is: that decides how the answer is written. */
interface Question {
  readonly to: ActorRef<Protocol>;
  readonly kind: string;
}

/** Questions of other nodes: each gets the one answer or fault that ends it here. */
export class Answers {
  readonly #parts: AnswersParts;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** A question as it stands open here; however it ends, its asker hears of it. */
  open(from: string, { id, withinMs = 0, chain = [], said }: Letter, to: ActorRef<Protocol>): Ask {
    const ask = new Ask(to, withinMs, undefined);
    ask.carried = new AskChain(chain, this.#parts.incarnation);
    const kind = (said?.message as Partial<TaggedMessage> | undefined)?.kind ?? "";
    ask.promise.then(
      (reply) => this.#answer(from, id, { to, kind }, reply),
      (error: unknown) => this.refuse(from, id, asError(error)),
    );
    return ask;
  }

  /** Tells the asker that there will be no answer. */
  refuse(from: string, id: number, error: Error): void {
    const fault = error instanceof Fault ? error : new Fault("actorFailed", {}, { cause: error });
    this.#parts.sending.answer(from, {
      kind: "fault",
      id,
      code: fault.code,
      details: plainDetails(fault.details),
    });
  }

  #answer(from: string, id: number, question: Question, reply: TaggedMessage): void {
    try {
      this.#parts.sending.answer(from, { kind: "reply", id, said: this.#written(question, reply) });
    } catch (error) {
      this.refuse(from, id, error instanceof Fault ? error : new Fault("cannotTravel", {}, { cause: error }));
    }
  }

  #written({ to, kind }: Question, reply: TaggedMessage): Said {
    const protocol = to.protocolAbroad();
    if (protocol === undefined) throw new Fault("cannotTravel", { address: to.address });
    return this.#parts.codec.writeReply(protocol, kind, reply);
  }
}

/** The fault that another node has told; one with a code of a later version is a failure like any other. */
export function faultOf(code: string, details: unknown): Fault {
  const known = typeof details === "object" && details !== null ? plainDetails({ ...details }) : {};
  if (Object.hasOwn(FAULTS, code)) return new Fault(code as FaultCode, known);
  return new Fault("actorFailed", { ...known, code: code.slice(0, 60) });
}

function plainDetails(details: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  const plain: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(details)) {
    if (isPlain(value)) plain[name] = value;
  }
  return plain;
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
