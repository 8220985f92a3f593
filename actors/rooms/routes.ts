import { RefusalFields } from "../../protocols/refusal.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import { ROOM_QUERY_FIELDS, ROOM_VIEW_FIELDS } from "../../protocols/room-requests.ts";
import { compileFields } from "../../runtime/codec/validator.ts";
import { action, operation, route } from "../../runtime/net/route.ts";
import type { Action, Operation, Route, RouteResponse } from "../../runtime/net/route.ts";
import { look } from "./look.ts";
import { ROOM_KINDS } from "./room-kind.ts";
import type { RoomKind } from "./room-kind.ts";

type Directory = Reference<RoomDirectoryProtocol>;

const checkQuery = compileFields(ROOM_QUERY_FIELDS);

/** Where clients come to rooms: of all kinds, or of one. */
export function roomRoutes(rooms: Directory): Route[] {
  return [
    route("/chatroom", { rooms: ROOM_KINDS, actions: { history: historyAction(rooms, ROOM_KINDS) } }),
    route("/chatroom/chat", { rooms: ["chat"], actions: { history: historyAction(rooms, ["chat"]) } }),
    route("/chatroom/live", {
      rooms: ["live"],
      actions: { history: historyAction(rooms, ["live"]) },
      onRequest: { GET: viewOperation(rooms, "live") },
    }),
  ];
}

function viewOperation(rooms: Directory, kind: RoomKind): Operation {
  return operation({
    summary: `What a ${kind} room knows: facts, the latest publications, how many are present. Nobody joins by asking`,
    query: ROOM_QUERY_FIELDS,
    answers: { 200: ROOM_VIEW_FIELDS, 400: RefusalFields, 404: RefusalFields },
    async handle({ query }, context) {
      const checked = checkQuery(Object.fromEntries(query));
      if (!checked.ok) return refused(400, checked.code, checked);
      const { room } = checked.message;
      if (!isOfKind(room, [kind])) return refused(400, "unknownRoom", wrongKind([kind]));
      const view = await look(rooms, room, context);
      return view === undefined ? refused(404, "unknownRoom", noSuchRoom(room)) : { status: 200, body: view };
    },
  });
}

function historyAction(rooms: Directory, kinds: readonly RoomKind[]): Action {
  return action({
    summary: "What a room knows: facts, the latest publications, how many are present",
    body: ROOM_QUERY_FIELDS,
    async handle({ room }, _caller, context) {
      if (!isOfKind(room, kinds)) return { kind: "refused", code: "unknownRoom", ...wrongKind(kinds) };
      const body = await look(rooms, room, context);
      return body === undefined
        ? { kind: "refused", code: "unknownRoom", ...noSuchRoom(room) }
        : { kind: "answered", body };
    },
  });
}

interface Why {
  readonly field: string;
  readonly text: string;
}

function isOfKind(room: string, kinds: readonly RoomKind[]): boolean {
  return kinds.some((kind) => room.startsWith(`${kind}/`));
}

function wrongKind(kinds: readonly RoomKind[]): Why {
  return { field: "/room", text: `this route has rooms of the kinds ${kinds.join(", ")}` };
}

function noSuchRoom(room: string): Why {
  return { field: "/room", text: `nobody has opened ${room}` };
}

function refused(status: number, code: string, { field, text }: Why): RouteResponse {
  return { status, body: { code, field, text } };
}
