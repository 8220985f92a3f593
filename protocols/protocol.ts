import Type from "typebox";
import type { Static, TObject, TProperties } from "typebox";

/** The fields of one message apart from its `kind`, as TypeBox schemas. */
export type Fields = TProperties;

/** A question: the fields it is asked with, and every answer it may get, by the answer's `kind`. */
export interface Question {
  readonly request: Fields;
  readonly reply: Readonly<Record<string, Fields>>;
}

/** Lifts a message of one version to the next; a message that has no counterpart there returns `undefined`. */
export type Upcast = (message: TaggedMessage) => TaggedMessage | undefined;

/** Any message: a `kind` that says what it is, then fields. */
export interface TaggedMessage {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/**
 * Everything that may be said to one receiver, as data.
 * `tell` expects no answer, `ask` gets exactly one of its replies, `self` is what the receiver says only to itself
 * (timers, piped results, watch notices): those never pass a door.
 */
export interface Protocol {
  readonly name: string;
  /** Raised by everything except an added kind or an added optional field. */
  readonly version: number;
  readonly tell: Readonly<Record<string, Fields>>;
  readonly ask: Readonly<Record<string, Question>>;
  readonly self: Readonly<Record<string, Fields>>;
  /** For each earlier version the step to the version after it. */
  readonly upcast: Readonly<Record<number, Upcast>>;
}

type ProtocolParts = Pick<Protocol, "name" | "version"> & Partial<Protocol>;

type Part<Parts, Key extends "tell" | "ask" | "self"> = Parts extends Record<Key, infer Given> ? Given : {};

/** The protocol that `defineProtocol` makes from its parts: what was left out is empty. */
export type Defined<Parts extends ProtocolParts> = {
  readonly name: Parts["name"];
  readonly version: number;
  readonly tell: Part<Parts, "tell">;
  readonly ask: Part<Parts, "ask">;
  readonly self: Part<Parts, "self">;
  readonly upcast: Readonly<Record<number, Upcast>>;
};

/**
 * Declares what may be said to one receiver. Message types are inferred from the schemas, never written twice.
 * @throws RangeError when the version is no positive integer, a `kind` stands in two parts, or an upcast step is missing.
 */
export function defineProtocol<const Parts extends ProtocolParts>(parts: Parts): Defined<Parts> {
  const protocol: Protocol = { tell: {}, ask: {}, self: {}, upcast: {}, ...parts };
  if (!Number.isInteger(protocol.version) || protocol.version < 1) {
    throw new RangeError(
      `protocol ${protocol.name}: version must be a positive integer, not ${protocol.version}`,
    );
  }
  refuseRepeatedKinds(protocol);
  for (let version = 1; version < protocol.version; version++) {
    if (protocol.upcast[version] === undefined) {
      throw new RangeError(`protocol ${protocol.name}: no upcast from version ${version}`);
    }
  }
  return protocol as Defined<Parts>;
}

function refuseRepeatedKinds(protocol: Protocol): void {
  const kinds = [protocol.tell, protocol.ask, protocol.self].flatMap((part) => Object.keys(part));
  const repeated = kinds.find((kind, index) => kinds.indexOf(kind) !== index);
  if (repeated !== undefined) {
    throw new RangeError(`protocol ${protocol.name}: ${repeated} is declared twice`);
  }
}

/** The schema of an object with these fields, such as the body of a request, and nothing else. */
export function objectSchema(fields: Fields): TObject {
  return Type.Object(fields, { additionalProperties: false });
}

/** The schema of one message of a kind. */
export function taggedSchema(kind: string, fields: Fields): TObject {
  return objectSchema({ kind: Type.Literal(kind), ...fields });
}

type Flatten<T> = { [Key in keyof T]: T[Key] };
type FieldsOf<F> = F extends Fields ? Static<TObject<F>> : never;
/** One message of a kind, with its fields. */
export type MessageOf<Kind, F> = Flatten<{ readonly kind: Kind } & FieldsOf<F>>;

export type TellKind<P extends Protocol> = keyof P["tell"] & string;
export type AskKind<P extends Protocol> = keyof P["ask"] & string;
export type SelfKind<P extends Protocol> = keyof P["self"] & string;

/** What may be told to a receiver of this protocol, by kind. */
export type TellMessage<P extends Protocol, K extends TellKind<P>> = MessageOf<K, P["tell"][K]>;
/** What a receiver of this protocol may be asked, by kind. */
export type AskMessage<P extends Protocol, K extends AskKind<P>> = MessageOf<K, P["ask"][K]["request"]>;
/** What a receiver of this protocol says to itself, by kind. */
export type SelfMessage<P extends Protocol, K extends SelfKind<P>> = MessageOf<K, P["self"][K]>;

/** Any message that may be told to a receiver of this protocol. */
export type Tell<P extends Protocol> = { [K in TellKind<P>]: TellMessage<P, K> }[TellKind<P>];
/** What a receiver may put into its own mailbox: its `self` messages and its tells. */
export type Own<P extends Protocol> = { [K in SelfKind<P>]: SelfMessage<P, K> }[SelfKind<P>] | Tell<P>;

/** The answers to one question, as a union told apart by `kind`. */
export type Reply<P extends Protocol, K extends AskKind<P>> = {
  [R in keyof P["ask"][K]["reply"] & string]: MessageOf<R, P["ask"][K]["reply"][R]>;
}[keyof P["ask"][K]["reply"] & string];
