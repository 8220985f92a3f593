import { Fault } from "../fault.ts";

/** Which entity: what it is, and which one of its type. */
export interface EntityAddress {
  /** The name of its definition, in kebab-case: `live-room`. */
  readonly type: string;
  /** Any text that is not empty; it is percent-encoded wherever it enters an address or a key. */
  readonly id: string;
}

const SCHEME = "entity:";
const TYPE_LENGTH_MAX = 64;
/** Of UTF-8; encoded it may become three times as long, and must still fit a key of the embedded store. */
const ID_BYTES_MAX = 512;
/** With the u flag a whole pair is one character, and no surrogate. */
const HALF_PAIR = /\p{Surrogate}/u;
const TYPE = /^[a-z][A-Za-z0-9-]*$/;
/** What most addresses are: there is nothing to object to, and nothing to encode. A text like this is made for each message. */
const PLAIN_TYPE = /^[a-z][A-Za-z0-9-]{0,63}$/;
const PLAIN_ID = /^[A-Za-z0-9._~:@-]{1,512}$/;
/** What an id does not keep as it is: `/`, `{` and `}` have a meaning in addresses and in keys. */
const ESCAPED = /[^A-Za-z0-9._~:@-]/gu;

/** The address of an entity as people and logs read it: `entity:live-room/match%2F7`. @throws Fault addressInvalid */
export function entityText(entity: EntityAddress): string {
  return SCHEME + entityKey(entity);
}

/**
 * An entity as part of a key: `live-room/match%2F7`, ASCII without spaces, braces or a second slash. Different entities
 * have different keys, and keys compared byte by byte give the order in which a journal lists entities.
 * @throws Fault addressInvalid
 */
export function entityKey(entity: EntityAddress): string {
  const { type, id } = entity;
  if (PLAIN_ID.test(id) && PLAIN_TYPE.test(type)) return `${type}/${id}`;
  const problem = addressProblem(entity);
  if (problem !== undefined) throw new Fault("addressInvalid", { problem });
  return `${type}/${percentEncoded(id)}`;
}

/** The entity of a key as `entityKey` writes it; undefined when the text is none. */
export function parseEntityKey(text: string): EntityAddress | undefined {
  const slash = text.indexOf("/");
  if (slash === -1) return undefined;
  const id = percentDecoded(text.slice(slash + 1));
  if (id === undefined) return undefined;
  const entity = { type: text.slice(0, slash), id };
  return addressProblem(entity) === undefined ? entity : undefined;
}

/** The entity of an address as `entityText` writes it; undefined when the text is none. */
export function parseEntityText(text: string): EntityAddress | undefined {
  return text.startsWith(SCHEME) ? parseEntityKey(text.slice(SCHEME.length)) : undefined;
}

/** Why no entity can have this address, in words; undefined when one can. */
export function addressProblem({ type, id }: EntityAddress): string | undefined {
  if (!TYPE.test(type)) {
    return `the type ${JSON.stringify(type.slice(0, 40))} should be letters, digits and dashes, a small letter first`;
  }
  if (type.length > TYPE_LENGTH_MAX) return `the type has more than ${TYPE_LENGTH_MAX} characters`;
  if (id === "") return "the id is empty";
  if (Buffer.byteLength(id) > ID_BYTES_MAX) return `the id has more than ${ID_BYTES_MAX} bytes`;
  // Half a surrogate pair has no UTF-8: different ids would get the same key.
  return HALF_PAIR.test(id) ? "the id holds half a surrogate pair" : undefined;
}

function percentEncoded(text: string): string {
  return text.replace(ESCAPED, (character) =>
    Array.from(
      new TextEncoder().encode(character),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join(""),
  );
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
