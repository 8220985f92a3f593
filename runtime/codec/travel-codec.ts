import type { Fields, Protocol, Question, TaggedMessage } from "../../protocols/protocol.ts";
import type { AnyReference } from "../../protocols/reference.ts";
import { Fault } from "../fault.ts";
import { travellingMessages } from "./message-codec.ts";
import type { EnvelopeRefusal } from "./message-codec.ts";
import { referencePlan, withReferences } from "./reference-plan.ts";
import type { ReferencePlan } from "./reference-plan.ts";
import { upcast } from "./upcast.ts";
import { compileMessages } from "./validator.ts";
import type { Validate } from "./validator.ts";

/** A reference as it is written: its address, and the name of what may be said to it. */
export type WrittenReference = readonly [address: string, protocol: string];

/** What whoever requests something to which there is no answer is told once it is done. */
export const TAKEN = "taken";

/** Turns references into what can be written, and back. */
export interface ReferenceWriter {
  /** @throws Fault `cannotTravel` for what means nothing on another node */
  write(reference: AnyReference): WrittenReference;
  read(written: WrittenReference): AnyReference;
}

/** What is said, ready to be packed. */
export interface Said {
  /** The name of the receiver's protocol. */
  readonly protocol: string;
  /** The version that it was written in. */
  readonly version: number;
  readonly message: unknown;
}

/** A message from another node in the present version of its protocol, or why not. */
export type Understood =
  | { readonly ok: true; readonly message: TaggedMessage }
  | { readonly ok: false; readonly refusal: Pick<EnvelopeRefusal, "code" | "text"> };

/** The messages of one part of a protocol: what may be said, or the answers to one question. */
interface Messages {
  readonly validate: Validate<TaggedMessage>;
  readonly plans: ReadonlyMap<string, ReferencePlan>;
}

interface Entry {
  readonly said: Messages;
  readonly replies: ReadonlyMap<string, Messages>;
}

/**
 * Writes what nodes say to each other, with the version of its protocol, and reads it back: lifted to the present version and checked, because it
 * comes in from outside. References come through as what reaches the same receiver from the other side.
 */
export class TravelCodec {
  readonly #references: ReferenceWriter;
  readonly #entries = new Map<Protocol, Entry>();

  constructor(references: ReferenceWriter) {
    this.#references = references;
  }

  /** @throws Fault `cannotTravel` for a message that holds what means nothing on another node */
  write(protocol: Protocol, message: TaggedMessage): Said {
    return this.#write(protocol, this.#entryOf(protocol).said, message);
  }

  /** The same for an answer. */
  writeReply(protocol: Protocol, question: string, reply: TaggedMessage): Said {
    const replies = this.#entryOf(protocol).replies.get(question);
    if (replies === undefined) throw cannotTravel(protocol, question, "it is no question of this protocol");
    return this.#write(protocol, replies, reply);
  }

  /** What was said to a receiver of this protocol. Never throws. */
  read(protocol: Protocol, said: Said): Understood {
    const { name, version } = protocol;
    if (said.protocol !== name) {
      return refused("unknownProtocol", `"${said.protocol.slice(0, 60)}" is not spoken here, but ${name}`);
    }
    if (said.version > version) {
      return refused("newerVersion", `${name} ${said.version} is newer than ${version}`);
    }
    return this.#read(protocol, this.#entryOf(protocol).said, said);
  }

  /** The answer to a question of this protocol; one of a later version is taken as far as it is understood. Never throws. */
  readReply(protocol: Protocol, question: string, said: Said): Understood {
    const replies = this.#entryOf(protocol).replies.get(question);
    if (replies === undefined) {
      return refused("unknownKind", `${protocol.name}: "${question}" is no question`);
    }
    return this.#read(protocol, replies, said);
  }

  #write(protocol: Protocol, { plans }: Messages, message: TaggedMessage): Said {
    const plan = plans.get(message.kind);
    if (plan === undefined) throw cannotTravel(protocol, message.kind, "only its receiver says that");
    if (plan.isLocal) throw cannotTravel(protocol, message.kind, "it holds values of one process");
    const written = plan.fields.size === 0 ? message : withReferences(message, plan, this.#writeReference);
    return { protocol: protocol.name, version: protocol.version, message: written };
  }

  #read(protocol: Protocol, { validate, plans }: Messages, { version, message: written }: Said): Understood {
    if (!isTagged(written)) return refused("invalidField", `${protocol.name}: a message has a kind`);
    const lifted = upcast(protocol, version, written);
    if (!lifted.ok) return refused(lifted.code, `${protocol.name} ${version}: ${lifted.text}`);
    const { message } = lifted;
    const plan = plans.get(message.kind);
    if (plan?.isLocal === true) {
      return refused("localOnly", `${protocol.name}: "${message.kind}" does not travel`);
    }
    const holdsNone = plan === undefined || plan.fields.size === 0;
    const complete = holdsNone ? message : withReferences(message, plan, this.#readReference);
    const checked = validate(complete);
    if (checked.ok) return { ok: true, message: checked.message };
    const { code, field, text } = checked;
    return refused(code === "unknownKind" ? code : "invalidField", `${protocol.name}: ${field} ${text}`);
  }

  readonly #writeReference = (reference: unknown): WrittenReference =>
    this.#references.write(reference as AnyReference);

  /** Null where there is no reference, which no check lets pass; a missing field may be allowed. */
  readonly #readReference = (written: unknown): AnyReference | null => {
    if (!Array.isArray(written)) return null;
    const [address, protocol] = written as readonly unknown[];
    if (typeof address !== "string" || typeof protocol !== "string") return null;
    return this.#references.read([address, protocol]);
  };

  #entryOf(protocol: Protocol): Entry {
    let entry = this.#entries.get(protocol);
    if (entry === undefined) this.#entries.set(protocol, (entry = entryOf(protocol)));
    return entry;
  }
}

function entryOf(protocol: Protocol): Entry {
  const questions = Object.entries<Question>(protocol.ask);
  const taken = messagesOf({ [TAKEN]: {} });
  return {
    said: messagesOf(travellingMessages(protocol)),
    replies: new Map([
      ...Object.keys(protocol.tell).map((kind) => [kind, taken] as const),
      ...questions.map(([kind, { reply }]) => [kind, messagesOf(reply)] as const),
    ]),
  };
}

function messagesOf(table: Readonly<Record<string, Fields>>): Messages {
  return {
    validate: compileMessages(table) as Validate<TaggedMessage>,
    plans: new Map(Object.entries(table).map(([kind, fields]) => [kind, referencePlan(fields)])),
  };
}

function isTagged(value: unknown): value is TaggedMessage {
  return typeof value === "object" && value !== null && typeof (value as TaggedMessage).kind === "string";
}

function cannotTravel({ name }: Protocol, kind: string, why: string): Fault {
  return new Fault("cannotTravel", { protocol: name, kind, why });
}

function refused(code: EnvelopeRefusal["code"], text: string): Understood {
  return { ok: false, refusal: { code, text } };
}
