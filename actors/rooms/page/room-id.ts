import { ROOM_PATTERN } from "../../../protocols/patterns.ts";

// Pure: which room a page's address asks for.

const ROOM = new RegExp(ROOM_PATTERN.source, "u");

/** The room of a kind that a parameter names, as `lobby` or `chat/lobby`; the given one when it names none. */
export function roomIdOf(kind: "chat" | "live", parameter: string | null, otherwise: string): string {
  const wanted = parameter?.startsWith(`${kind}/`) ? parameter.slice(kind.length + 1) : parameter;
  const id = `${kind}/${wanted ?? ""}`;
  return ROOM.test(id) ? id : `${kind}/${otherwise}`;
}

/** The name of a room without its kind. */
export function roomNameOf(id: string): string {
  return id.slice(id.indexOf("/") + 1);
}
