import { ROOM_NAME_MAX } from "../../../protocols/client-protocol.ts";

// Pure: which room a page's address asks for.

/** The room of a kind that a parameter names, as `lobby` or `chat/lobby`; the given one when it names none. */
export function roomIdOf(kind: "chat" | "live", parameter: string | null, otherwise: string): string {
  const wanted = parameter?.startsWith(`${kind}/`) ? parameter.slice(kind.length + 1) : parameter;
  const valid =
    wanted !== null && wanted !== undefined && /^[^\s/]+$/.test(wanted) && wanted.length <= ROOM_NAME_MAX;
  return `${kind}/${valid ? wanted : otherwise}`;
}

/** The name of a room without its kind. */
export function roomNameOf(id: string): string {
  return id.slice(id.indexOf("/") + 1);
}
