import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { ActorRef } from "../actor/actor-ref.ts";
import type { Letter } from "../codec/parcel.ts";
import type { Said, TravelCodec } from "../codec/travel-codec.ts";
import { Fault, FAULTS } from "../fault.ts";
import type { FaultCode } from "../fault.ts";
import { Ask } from "../kernel/ask.ts";
import { AskChain } from "./ask-chain.ts";
import type { ParcelSending } from "./parcel-sending.ts";

/** A fault says this much of a text: to tell it must not fail, too. */
const TEXT_MAX = 1_000;

/** What answers are made of. */
export interface AnswersParts {
  readonly incarnation: string;
  readonly codec: TravelCodec;
  readonly sending: ParcelSending;
}

/** Who has asked, whom, and what: that decides where the answer goes, and how it is written. */
interface Question {
  readonly from: string;
  readonly id: number;
  readonly to: ActorRef<Protocol>;
  readonly kind: string;
}

/** A question of another node: its end is written at once, so that answers given in one turn leave together. */
class FarAsk extends Ask {
  readonly #answers: Answers;
  readonly #question: Question;

  constructor(answers: Answers, question: Question, withinMs: number) {
    super(question.to, withinMs, undefined);
    this.#answers = answers;
    this.#question = question;
  }

  protected answered(reply: TaggedMessage): void {
    this.#answers.answer(this.#question, reply);
  }

  protected refused(error: Error): void {
    this.#answers.refuse(this.#question.from, this.#question.id, error);
  }
}

/** Questions of other nodes: each gets the one answer or fault that ends it here. */
export class Answers {
  readonly #parts: AnswersParts;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** A question as it stands open here; however it ends, its asker hears of it. */
  open(from: string, { id, withinMs = 0, chain = [], said }: Letter, to: ActorRef<Protocol>): Ask {
    const kind = (said?.message as Partial<TaggedMessage> | undefined)?.kind ?? "";
    const ask = new FarAsk(this, { from, id, to, kind }, withinMs);
    ask.carried = new AskChain(chain, this.#parts.incarnation);
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

  /** Tells the asker the answer, or why it cannot be told. */
  answer(question: Question, reply: TaggedMessage): void {
    const { from, id } = question;
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
    if (isPlain(value)) plain[name] = typeof value === "string" ? value.slice(0, TEXT_MAX) : value;
  }
  return plain;
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
