import { Packr } from "msgpackr";
import type { Fields, Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import { ENVELOPE_FIELDS } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";
import { upcast } from "./upcast.ts";
import { compileFields, compileMessages } from "./validator.ts";
import type { Validate } from "./validator.ts";

/** How envelopes are written: msgpack on the wire and in the journal, JSON for people. */
export type EnvelopeFormat = "msgpack" | "json";

/** Why bytes are no message that this node understands. */
export interface EnvelopeRefusal {
  readonly code:
    | "notDecodable"
    | "notAnEnvelope"
    | "unknownProtocol"
    | "newerVersion"
    | "retiredMessage"
    | "notLiftable"
    | "unknownKind"
    | "invalidField"
    | "localOnly";
  readonly text: string;
  /** The offending field as a JSON pointer into the message. */
  readonly field?: string;
}

/** A message from the wire or the journal, in the present version of its protocol, or why not. */
export type DecodedEnvelope =
  | { readonly ok: true; readonly protocol: Protocol; readonly message: TaggedMessage }
  | { readonly ok: false; readonly refusal: EnvelopeRefusal };

interface Entry {
  readonly protocol: Protocol;
  readonly validate: Validate<TaggedMessage>;
  /** The kinds that hold references or other values of one process: those do not travel yet. */
  readonly localKinds: ReadonlySet<string>;
}

const checkEnvelope = compileFields(ENVELOPE_FIELDS);

/** Writes messages into envelopes and reads them back, whatever version they were written in. */
export class MessageCodec {
  readonly #format: EnvelopeFormat;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: "number" });

  constructor(format: EnvelopeFormat, protocols: readonly Protocol[]) {
    this.#format = format;
    this.#entries = new Map(protocols.map((protocol) => [protocol.name, entryOf(protocol)]));
  }

  /** @throws TypeError for a message that holds what cannot travel: that is a mistake of the sender's code */
  encode(protocol: Protocol, message: TaggedMessage): Buffer {
    if (this.#entries.get(protocol.name)?.localKinds.has(message.kind)) {
      throw new TypeError(
        `${protocol.name}: "${message.kind}" holds values of one process and does not travel`,
      );
    }
    const envelope: Envelope = { protocol: protocol.name, version: protocol.version, message };
    return this.#format === "msgpack" ? this.#packr.pack(envelope) : Buffer.from(JSON.stringify(envelope));
  }

  /** Never throws: what is not understood is refused by name. */
  decode(bytes: Buffer): DecodedEnvelope {
    let value: unknown;
    try {
      value = this.#format === "msgpack" ? this.#packr.unpack(bytes) : JSON.parse(bytes.toString());
    } catch {
      return refused("notDecodable", `the bytes are not valid ${this.#format}`);
    }
    const checked = checkEnvelope(value);
    if (!checked.ok) return refused("notAnEnvelope", `envelope: ${checked.field} ${checked.text}`);
    return this.#open(checked.message);
  }

  #open({ protocol: name, version, message }: Envelope): DecodedEnvelope {
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      return refused("unknownProtocol", `protocol "${name.slice(0, 60)}" is not known here`);
    }
    const { protocol } = entry;
    if (version > protocol.version) {
      const text = `${name} ${version} is newer than ${protocol.version}, the latest that this node knows`;
      return refused("newerVersion", text);
    }
    const lifted = upcast(protocol, version, message);
    return lifted.ok
      ? present(entry, lifted.message)
      : refused(lifted.code, `${name} ${version}: ${lifted.text}`);
  }
}

function present({ protocol, validate, localKinds }: Entry, message: TaggedMessage): DecodedEnvelope {
  const validation = validate(message);
  if (!validation.ok) {
    const { code, field, text } = validation;
    const refusal = {
      code: code === "unknownKind" ? code : ("invalidField" as const),
      field,
      text: `${protocol.name}: ${text}`,
    };
    return { ok: false, refusal };
  }
  if (localKinds.has(message.kind)) {
    return refused("localOnly", `${protocol.name}: "${message.kind}" does not travel`);
  }
  return { ok: true, protocol, message: validation.message };
}

/** What may come through a door: what is told, and what is asked. What an actor says to itself may not. */
export function travellingMessages(protocol: Protocol): Readonly<Record<string, Fields>> {
  const asked = Object.entries(protocol.ask).map(([kind, { request }]) => [kind, request] as const);
  return { ...protocol.tell, ...Object.fromEntries(asked) };
}

/** Whether a message of these fields holds a reference or another value that means nothing outside of its process. */
export function isLocalOnly(fields: Fields): boolean {
  return Object.values(fields).some(
    (schema) => "title" in schema && (schema.title === "reference" || schema.title === "local"),
  );
}

function entryOf(protocol: Protocol): Entry {
  const messages = travellingMessages(protocol);
  const localKinds = Object.keys(messages).filter((kind) => isLocalOnly(messages[kind] ?? {}));
  return {
    protocol,
    validate: compileMessages(messages) as Validate<TaggedMessage>,
    localKinds: new Set(localKinds),
  };
}

function refused(code: EnvelopeRefusal["code"], text: string): DecodedEnvelope {
  return { ok: false, refusal: { code, text } };
}
