import { RefusalFields } from "../../protocols/refusal.ts";
import {
  PAGE_FIELDS,
  PAGE_QUERY_FIELDS,
  ROOM_QUERY_FIELDS,
  ROOM_VIEW_FIELDS,
} from "../../protocols/room-requests.ts";
import { compileFields } from "../../runtime/codec/validator.ts";
import { action, operation, route } from "../../runtime/net/route.ts";
import type { Action, Operation, Route, RouteResponse } from "../../runtime/net/route.ts";
import { look, lookBack } from "./look.ts";
import type { RoomPage, RoomSources } from "./look.ts";
import { ROOM_KINDS } from "./room-kind.ts";
import type { RoomKind } from "./room-kind.ts";

/** A page unless a limit is given, and the most that one weighs, in bytes of JSON. */
const PAGE_LIMIT = 50;
const PAGE_BYTES_MAX = 256 * 1_024;

const NAMES = { room: true, epoch: true } as const;

const checkQuery = compileFields(ROOM_QUERY_FIELDS);
const checkPageQuery = compileFields(PAGE_QUERY_FIELDS);

/** Where clients come to rooms: of all kinds, or of one. */
export function roomRoutes(sources: RoomSources): Route[] {
  return [
    route("/chatroom", { rooms: ROOM_KINDS, actions: { history: historyAction(sources, ROOM_KINDS) } }),
    route("/chatroom/chat", { rooms: ["chat"], actions: { history: historyAction(sources, ["chat"]) } }),
    route("/chatroom/live", {
      rooms: ["live"],
      actions: { history: historyAction(sources, ["live"]) },
      onRequest: { GET: viewOperation(sources, "live") },
    }),
    route("/chatroom/live/history", { onRequest: { GET: pageOperation(sources, "live") } }),
  ];
}

function viewOperation(sources: RoomSources, kind: RoomKind): Operation {
  return operation({
    summary: `What a ${kind} room knows: facts, the latest publications, how many are present. Nobody joins by asking`,
    query: ROOM_QUERY_FIELDS,
    answers: { 200: ROOM_VIEW_FIELDS, 400: RefusalFields, 404: RefusalFields },
    async handle({ query }, context) {
      const checked = checkQuery(Object.fromEntries(query));
      if (!checked.ok) return refused(400, checked.code, checked);
      const { room } = checked.message;
      if (!isOfKind(room, [kind])) return refused(400, "unknownRoom", wrongKind([kind]));
      const view = await look(sources, room, context);
      return view === undefined ? refused(404, "unknownRoom", noSuchRoom(room)) : { status: 200, body: view };
    },
  });
}

function pageOperation({ findStore }: RoomSources, kind: RoomKind): Operation {
  return operation({
    summary: `A page of all that was ever posted in a ${kind} room; the one before it has \`before\` = its first offset`,
    query: PAGE_QUERY_FIELDS,
    answers: { 200: PAGE_FIELDS, 400: RefusalFields, 404: RefusalFields, 409: RefusalFields },
    async handle({ query }, context) {
      const checked = checkPageQuery(Object.fromEntries(Array.from(query, withNumber)));
      if (!checked.ok) return refused(400, checked.code, checked);
      const { room, epoch, before, limit = PAGE_LIMIT } = checked.message;
      const store = isOfKind(room, [kind]) ? findStore(room) : undefined;
      if (store === undefined) return refused(400, "unknownRoom", wrongKind([kind]));
      const page = await lookBack(store, room, { before, limit, bytes: PAGE_BYTES_MAX }, context);
      if (page === undefined) return refused(404, "unknownRoom", nothingPosted(room));
      if (epoch !== undefined && epoch !== page.epoch) return refused(409, "otherEpoch", countsAnew(page));
      return { status: 200, body: page };
    },
  });
}

/** Everything behind a `?` is a text; names stay one, also those that are made of digits. */
function withNumber([name, text]: readonly [string, string]): readonly [string, unknown] {
  return [name, name in NAMES || !/^\d{1,15}$/.test(text) ? text : Number(text)];
}

function historyAction(sources: RoomSources, kinds: readonly RoomKind[]): Action {
  return action({
    summary: "What a room knows: facts, the latest publications, how many are present",
    body: ROOM_QUERY_FIELDS,
    async handle({ room }, _caller, context) {
      if (!isOfKind(room, kinds)) return { kind: "refused", code: "unknownRoom", ...wrongKind(kinds) };
      const body = await look(sources, room, context);
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

function nothingPosted(room: string): Why {
  return { field: "/room", text: `nothing was posted to ${room}` };
}

function countsAnew({ room, epoch }: RoomPage): Why {
  return { field: "/epoch", text: `${room} is in the epoch ${epoch}; offsets of another one do not compare` };
}

function noSuchRoom(room: string): Why {
  return { field: "/room", text: `nobody has opened ${room}` };
}

function refused(status: number, code: string, { field, text }: Why): RouteResponse {
  return { status, body: { code, field, text } };
}
