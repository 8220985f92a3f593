import type { GatewayProtocol } from "../../protocols/gateway.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { Reply } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import { PUSH_FIELDS, PUSHED_FIELDS } from "../../protocols/room-requests.ts";
import type { RoomProtocol } from "../../protocols/room.ts";
import { KeyRate } from "../../runtime/identity/key-rate.ts";
import { allows } from "../../runtime/identity/scopes.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type {
  BodyOf,
  Guard,
  OperationRequest,
  Route,
  RouteContext,
  RouteResponse,
} from "../../runtime/net/route.ts";
import { whenGone } from "./look.ts";

/** What a key must be allowed to do; the target stands behind a colon, such as `push:live/*` or `push:listener/web`. */
export const PUSH_SCOPE = "push";
/** Rooms that close between being opened and being told are opened again this often. */
const TRIES_MAX = 2;

/** When a push may be tried again that was refused only for now. */
const RETRY_AFTER_SECONDS = "1";

/** What pushing needs. */
export interface PushParts {
  readonly rooms: Reference<RoomDirectoryProtocol>;
  /** Where listeners are reached; undefined in a node without a gateway. */
  readonly gateway: () => Reference<GatewayProtocol> | undefined;
  /** Lets verified services pass. */
  readonly guard: Guard;
}

type Body = BodyOf<typeof PUSH_FIELDS>;
type Posted =
  | Reply<RoomProtocol, "post">
  | Extract<Reply<RoomDirectoryProtocol, "open">, { readonly kind: "refused" }>;

/** Where verified services post into a room, or send a notice to everybody who is connected to a listener. */
export function pushRoute(parts: PushParts): Route {
  const rate = new KeyRate();
  return route("/chatroom/push", {
    auth: parts.guard,
    onRequest: {
      POST: operation({
        summary: "Posts into a room, or to every connection of a listener, as a verified service",
        body: PUSH_FIELDS,
        answers: {
          200: PUSHED_FIELDS,
          400: RefusalFields,
          401: RefusalFields,
          403: RefusalFields,
          404: RefusalFields,
          413: RefusalFields,
          429: RefusalFields,
          503: RefusalFields,
        },
        handle: (request, context) => tooOften(request, rate, context) ?? push(parts, request, context),
      }),
    },
  });
}

function push(
  parts: PushParts,
  request: OperationRequest<Body>,
  context: RouteContext,
): RouteResponse | Promise<RouteResponse> {
  const { room, listener, facts, id } = request.body;
  if ((room === undefined) === (listener === undefined)) return refused(400, "invalidField", EITHER);
  const target = room ?? `listener/${listener}`;
  const isAllowed = allows(request.principal?.scopes ?? [], PUSH_SCOPE, target);
  if (!isAllowed) return refused(403, "missingScope", mayNot(target));
  if (room !== undefined) return pushToRoom(parts, room, request, context);
  if (facts !== undefined) return refused(400, "invalidField", NO_FACTS);
  if (id !== undefined) return refused(400, "invalidField", NO_ID);
  return pushToListener(parts, listener ?? "", request, context);
}

async function pushToRoom(
  { rooms }: PushParts,
  room: string,
  { body, principal }: OperationRequest<Body>,
  context: RouteContext,
): Promise<RouteResponse> {
  const key = principal?.name ?? "";
  const { data, facts, id, from = key } = body;
  // Two services may count alike.
  const named = id === undefined ? {} : { id: `${key}:${id}` };
  const post = { kind: "post", from, data, ...(facts && { facts }), ...named } as const;
  for (let attempt = 1; attempt <= TRIES_MAX; attempt++) {
    const opened = await context.ask(rooms, { kind: "open", room, isService: true });
    if (opened.kind === "refused") return answerOf(opened);
    const posted = await context.ask(opened.room, post).catch(whenGone(undefined));
    if (posted !== undefined) return answerOf(posted);
  }
  return refused(503, "roomClosed", { field: "/room", text: "the room closes again and again; try later" });
}

async function pushToListener(
  { gateway }: PushParts,
  listener: string,
  { body, principal }: OperationRequest<Body>,
  context: RouteContext,
): Promise<RouteResponse> {
  const reference = gateway();
  if (reference === undefined) return refused(404, "unknownListener", NO_GATEWAY);
  const { data, from = principal?.name ?? "" } = body;
  const notified = await context.ask(reference, { kind: "notify", listener, from, data });
  if (notified.kind === "notified") return { status: 200, body: { listeners: notified.listeners } };
  return refused(404, notified.kind, { field: "/listener", text: notified.text });
}

const STATUS_OF: Readonly<Record<Exclude<Posted, { readonly kind: "published" }>["code"], number>> = {
  tooLarge: 413,
  tooManyFacts: 400,
  tooManyRooms: 503,
  roomFull: 503,
  notAMember: 403,
  onlyServicesPost: 403,
  notStored: 503,
  storageFull: 503,
};

function answerOf(posted: Posted): RouteResponse {
  if (posted.kind === "refused") {
    const answer = refused(STATUS_OF[posted.code], posted.code, posted);
    return answer.status === 503 ? { ...answer, headers: { "retry-after": RETRY_AFTER_SECONDS } } : answer;
  }
  const { epoch, offset } = posted;
  return { status: 200, body: { epoch, offset } };
}

function tooOften(
  { principal }: OperationRequest<Body>,
  rate: KeyRate,
  context: RouteContext,
): RouteResponse | undefined {
  const waitMs = rate.take(principal?.name ?? "", context.wallMs());
  if (waitMs === 0) return undefined;
  const answer = refused(429, "tooFast", { text: `this key pushes too often; wait ${waitMs} ms` });
  return { ...answer, headers: { "retry-after": String(Math.ceil(waitMs / 1_000)) } };
}

interface Why {
  readonly field?: string;
  readonly text: string;
}

const EITHER: Why = { field: "/room", text: "name either a room or a listener" };
const NO_GATEWAY: Why = { field: "/listener", text: "this node has no gateway" };
const NO_FACTS: Why = { field: "/facts", text: "only rooms keep facts" };
const NO_ID: Why = { field: "/id", text: "only rooms remember the ids of pushes" };

function mayNot(target: string): Why {
  return { text: `the key may not push to ${target}` };
}

function refused(status: number, code: string, { field, text }: Why): RouteResponse {
  return { status, body: { code, ...(field === undefined ? {} : { field }), text } };
}
