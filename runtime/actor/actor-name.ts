/** What an actor's name may hold as it is; nact would take a few signs more, but they are not safe in paths. */
const PLAIN = /^[A-Za-z0-9._-]$/;

const HALF_PAIR = /^[\ud800-\udfff]$/;

/**
 * A name for an actor that stands for something named from outside: `chat/lobby` becomes `chat$2flobby`. Different texts
 * get different names. Pure.
 */
export function actorName(text: string): string {
  return Array.from(text, (character) => (PLAIN.test(character) ? character : escaped(character))).join("");
}

function escaped(character: string): string {
  // Half a surrogate pair has no UTF-8: all of them would become the same three bytes.
  if (HALF_PAIR.test(character)) return `$u${character.charCodeAt(0).toString(16)}`;
  return Array.from(
    new TextEncoder().encode(character),
    (byte) => `$${byte.toString(16).padStart(2, "0")}`,
  ).join("");
}
