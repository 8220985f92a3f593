/** What an actor's name may hold as it is; nact would take a few signs more, but they are not safe in paths. */
const PLAIN = /^[A-Za-z0-9._-]$/;
/** A text that is a name already, as most are. */
const PLAIN_TEXT = /^[A-Za-z0-9._-]*$/;

const HALF_PAIR = /^[\ud800-\udfff]$/;

/**
 * A name for an actor that stands for something named from outside: `chat/lobby` becomes `chat$2flobby`. Different texts
 * get different names. Pure.
 */
export function actorName(text: string): string {
  if (PLAIN_TEXT.test(text)) return text;
  return Array.from(text, (character) => (PLAIN.test(character) ? character : escaped(character))).join("");
}

/**
 * The text that a name or a path stands for, as people read and type it: `/rooms/chat$2flobby` reads `/rooms/chat/lobby`.
 * What is no escape stays as it is. Pure.
 */
export function readableName(name: string): string {
  try {
    // Control characters would let a client's name write anywhere on the operator's terminal.
    return decodeURIComponent(name.replaceAll("%", "%25").replace(/\$([0-9a-f]{2})/g, "%$1")).replace(
      /\p{C}/gu,
      "\u{fffd}",
    );
  } catch {
    return name;
  }
}

function escaped(character: string): string {
  // Half a surrogate pair has no UTF-8: all of them would become the same three bytes.
  if (HALF_PAIR.test(character)) return `$u${character.charCodeAt(0).toString(16)}`;
  return Array.from(
    new TextEncoder().encode(character),
    (byte) => `$${byte.toString(16).padStart(2, "0")}`,
  ).join("");
}
