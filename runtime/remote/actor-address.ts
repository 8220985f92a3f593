/** An actor of some node: the node's incarnation, and the actor's address there. */
export interface ActorAddress {
  readonly incarnation: string;
  /** Path and incarnation of the actor: `/rooms/chat$2flobby#41`. Without the number, whoever stands at the path. */
  readonly path: string;
}

const SCHEME = "actor:";

/** The address of an actor as any node understands it: `actor:node-1%2F<uuid>:/rooms/chat$2flobby#41`. */
export function actorText({ incarnation, path }: ActorAddress): string {
  return `${SCHEME}${encodeURIComponent(incarnation)}:${path}`;
}

/** The actor of an address as `actorText` writes it; undefined when the text is none. Pure. */
export function parseActorText(text: string): ActorAddress | undefined {
  if (!text.startsWith(SCHEME)) return undefined;
  const colon = text.indexOf(":", SCHEME.length);
  const path = text.slice(colon + 1);
  if (colon === -1 || !path.startsWith("/")) return undefined;
  try {
    return { incarnation: decodeURIComponent(text.slice(SCHEME.length, colon)), path };
  } catch {
    return undefined;
  }
}
